#pragma once

#include "httpbin.hpp"

#include <gyre/gyre.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace httpbin_test {

using gyre::Method;
using gyre::Status;
using gyre::Task;
using gyre::testing::Answer;
using gyre::testing::Client;
using gyre::testing::TestRequest;

/// A request, and what must hold of its answer.
struct Case {
  TestRequest request;
  int status = 200;
  std::vector<std::pair<std::string_view, std::string_view>> fields = {};  ///< Name and value.
  std::vector<std::string_view> parts = {};                                ///< What the body contains.
};

inline TestRequest get(std::string_view target) { return {Method::get, target}; }

inline void check(const Case& each, const Answer& answer) {
  INFO(each.request.target() << "\n" << answer.body());
  CHECK(code(answer.status()) == each.status);
  for (const auto& [name, value] : each.fields) {
    INFO(name);
    CHECK(answer.header(name) == value);
  }
  for (const std::string_view part : each.parts) {
    INFO(part);
    CHECK(answer.body().find(part) != std::string::npos);
  }
}

/// Asks one after the other.
inline void check_all(const std::vector<Case>& cases) {
  gyre::App app;
  httpbin::add_routes(app);
  gyre::testing::run(app, [&](Client& client) -> Task<> {
    for (const Case& each : cases) {
      const Answer answer = co_await client.send(each.request);
      check(each, answer);
    }
  });
}

inline void run(const gyre::testing::TestBody& body) {
  gyre::App app;
  httpbin::add_routes(app);
  gyre::testing::run(app, body);
}

}  // namespace httpbin_test
