#pragma once

#include <gyre/base/arena.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/http/service.hpp>
#include <gyre/web/error.hpp>
#include <gyre/wire/h1/request_parser.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Requests and answers without a server.
namespace web_test {

/// A request made of its text by the real parser, with the memory that it needs.
class TestRequest {
 public:
  TestRequest(std::string_view method, std::string_view target, std::string_view fields = {})
      : text_(std::string{method} + " " + std::string{target} + " HTTP/1.1\r\nHost: test\r\n" + std::string{fields} +
              "\r\n") {
    gyre::wire::HeadProgress progress;
    const auto outcome = gyre::wire::parse_request_head(text_, {}, head_, progress);
    INFO(text_);
    REQUIRE(outcome.state == gyre::wire::HeadState::complete);
  }

  gyre::Request& get() noexcept { return request_; }

 private:
  std::string text_;
  std::vector<gyre::wire::Field> storage_ = std::vector<gyre::wire::Field>(32);
  gyre::wire::RequestHead head_{storage_};
  alignas(16) std::byte block_[1024];
  gyre::Arena arena_{block_};
  gyre::Request request_{arena_, head_};
};

/// What the server does with a parsed request.
inline gyre::Response answer(gyre::Service& service, gyre::Request& request) {
  gyre::RequestHandler& handler = service.find(request);
  try {
    if (handler.kind() == gyre::RequestHandler::Kind::plain) return handler.call(request);
    return gyre::sync_wait(handler.start(request));
  } catch (const gyre::Cancelled&) {
    throw;
  } catch (...) {
    return service.failed(request, std::current_exception());
  }
}

/// An answer that outlives its request.
struct Answer {
  int status;
  std::string body;
  std::string type;
  std::string fields;
};

inline Answer ask(gyre::Service& service, std::string_view method, std::string_view target,
                  std::string_view fields = {}) {
  TestRequest request{method, target, fields};
  const gyre::Response response = answer(service, request.get());
  return {code(response.status()), std::string{response.body()}, std::string{response.content_type()},
          std::string{response.fields()}};
}

/// The answer to a request whose body has been collected.
inline Answer post(gyre::Service& service, std::string_view target, std::string_view body,
                   std::string_view fields = {}) {
  TestRequest request{"POST", target, fields};
  request.get().set_body(body);
  const gyre::Response response = answer(service, request.get());
  return {code(response.status()), std::string{response.body()}, std::string{response.content_type()},
          std::string{response.fields()}};
}

/// A problem from its "detail" on; the whole body if it has none.
inline std::string problem_of(const Answer& answer) {
  const std::size_t begin = answer.body.find("\"detail\":");
  return begin == std::string::npos ? answer.body : answer.body.substr(begin);
}

/// "200 text" in one, for tables.
inline std::string get(gyre::Service& service, std::string_view target) {
  const Answer answer = ask(service, "GET", target);
  return answer.status == 200 ? answer.body : std::to_string(answer.status);
}

/// The text of the `SetupError` that `set_up` throws; empty if it throws none.
template <class SetUp>
std::string set_up_error(SetUp set_up) {
  try {
    set_up();
  } catch (const gyre::SetupError& error) {
    return error.what();
  }
  return {};
}

}  // namespace web_test
