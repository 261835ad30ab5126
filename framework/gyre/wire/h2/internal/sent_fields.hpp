#pragma once

#include <gyre/wire/h1/response_writer.hpp>
#include <gyre/wire/h2/session.hpp>

#include <nghttp2/nghttp2.h>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::wire::internal {

/// Field lines that most heads have, taken apart. Of a loop, for all its sessions.
struct CommonFields {
  static constexpr std::size_t most = 8;

  std::string lines;
  std::array<nghttp2_nv, most> list;  // values are in `lines`
  std::size_t count = 0;
};

/// The fields of a head to be sent, as nghttp2 takes them: it copies them, but for names that everybody knows, and
/// names become lower case then. What belongs to a connection of HTTP/1 is left out (RFC 9113 8.2.2).
class SentFields {
 public:
  SentFields() noexcept = default;
  SentFields(const SentFields&) = delete;
  SentFields& operator=(const SentFields&) = delete;

  void add(std::string_view name, std::string_view value);
  void add_status(Status status);
  /// Field lines, each with its CRLF.
  void add_lines(std::string_view lines);
  /// The same for lines that are the same in most heads: taken apart when they change.
  void add_common(std::string_view lines, CommonFields& common);
  void add_type(std::string_view value);
  void add_length(std::uint64_t bytes);

  std::span<const nghttp2_nv> list() const noexcept {
    return more_.empty() ? std::span<const nghttp2_nv>(few_.data(), count_) : std::span<const nghttp2_nv>(more_);
  }

 private:
  void add(const nghttp2_nv& field);

  std::array<nghttp2_nv, 24> few_;  // on the stack
  std::size_t count_ = 0;
  std::vector<nghttp2_nv> more_;  // all of them, if there are more
  std::array<char, 3> status_ = {};
  std::array<char, 20> length_ = {};
};

}  // namespace gyre::wire::internal
