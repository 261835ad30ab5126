#pragma once

#include <gyre/http/request.hpp>
#include <gyre/wire/h1/request_parser.hpp>

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gyre_benchmark {

/// A request as a service gets it, to be looked up again and again.
struct ParsedRequest {
  explicit ParsedRequest(std::string_view target, std::string_view method = "GET")
      : text(std::string{method}.append(" ").append(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n") {
    gyre::wire::HeadProgress progress;
    const auto outcome = gyre::wire::parse_request_head(text, {}, head, progress);
    if (outcome.state != gyre::wire::HeadState::complete) throw std::invalid_argument{text};
  }

  std::string text;
  std::array<gyre::wire::Field, 4> fields;
  gyre::wire::RequestHead head{fields};
  std::byte block[256];
  gyre::Arena arena{block};
  gyre::Request request{arena, head};
};

}  // namespace gyre_benchmark
