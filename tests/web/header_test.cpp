#include "flat_support.hpp"
#include "web_support.hpp"

#include <gyre/web/header.hpp>
#include <gyre/web/headers.hpp>
#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <array>

using gyre::Extracted;
using gyre::Header;
using gyre::Headers;
using gyre::Rejection;
using gyre::Router;
using gyre::Status;
using gyre::Task;
using web_test::ask;
using namespace flat_test;

namespace {

struct Even {
  int number;
  static gyre::Result<Even> from_segment(std::string_view text) {
    const gyre::Result<int> number = gyre::wire::parse_integer<int>(text);
    if (!number || *number % 2 != 0) return gyre::Errc::invalid_argument;
    return Even{*number};
  }
};

struct Secret {
  static Extracted<Secret> from_segment(std::string_view text) {
    if (text != "open") return Rejection{Status::forbidden, "no"};
    return Secret{};
  }
};

struct Trace {
  std::string x_request_id;
  std::optional<int> max_forwards;
  std::vector<std::string_view> accept;
  Order x_order = Order::ascending;
  std::string class_ = "none";
  static constexpr gyre::JsonName json_names[] = {{"class_", "X-Class"}};
  static constexpr auto rules() {
    return gyre::rules(gyre::rule(&Trace::x_request_id, gyre::required, gyre::length(2)));
  }
};
BOOST_DESCRIBE_STRUCT(Trace, (), (x_request_id, max_forwards, accept, x_order, class_))

std::string text_of(const Trace& trace) {
  std::string text = trace.x_request_id + " " + (trace.max_forwards ? std::to_string(*trace.max_forwards) : "-");
  text += trace.x_order == Order::ascending ? " up " : " down ";
  text += trace.class_;
  for (const std::string_view each : trace.accept) text.append(" [").append(each).append("]");
  return text;
}

}  // namespace

TEST_CASE("a header field is read, whatever its type", "[web][header]") {
  Router router;
  router.get("/key", [](Header<"X-Api-Key"> key) { return "<" + std::string{*key} + ">"; })
      .get("/task", [](Header<"X-Api-Key", std::string> key) -> Task<std::string> { co_return "<" + *key + ">"; })
      .get("/number", [](Header<"max-forwards", std::uint8_t> hops) { return std::to_string(*hops); })
      .get("/flag", [](Header<"X-Flag", bool> flag) { return *flag ? "yes" : "no"; })
      .get("/even", [](Header<"X-Even", Even> even) { return std::to_string(even->number); })
      .get("/secret", [](Header<"X-Secret", Secret>) { return "in"; })
      .get("/cookie", [](Header<"Cookie"> cookie) { return std::string{*cookie}; })
      .get("/maybe",
           [](std::optional<Header<"X-Number", int>> number) { return number ? std::to_string(**number) : "none"; })
      .get("/see",
           [](Extracted<Header<"X-Number", int>> number) {
             return number ? std::to_string(**number) : std::string{number.rejection().detail};
           })
      .get("/see/maybe", [](Extracted<std::optional<Header<"X-Number", int>>> number) {
        return !number ? std::string{number.rejection().detail} : *number ? std::to_string(***number) : "none";
      });
  struct Case {
    const char* target;
    const char* fields;
    int status;
    std::string_view body;
  };
  for (const auto& [target, fields, status, body] : std::initializer_list<Case>{
           {"/key", "x-api-key: abc\r\n", 200, "<abc>"},
           {"/key", "X-Api-Key: \t a b \r\n", 200, "<a b>"},
           {"/key", "X-Api-Key:\r\n", 200, "<>"},
           {"/key", "X-Api-Key: a\r\nAccept: x\r\nX-API-KEY: b\r\nx-api-key:\r\n", 200, "<a, b, >"},
           {"/key", "X-Api-Key:\r\nX-Api-Key: b\r\n", 200, "<, b>"},
           {"/key", "X-Api-Keys: abc\r\n", 400, R"("detail":"header field \"X-Api-Key\" is required"})"},
           {"/task", "X-Api-Key: \xff\r\n", 200, "<\xff>"},
           {"/task", "", 400, R"("detail":"header field \"X-Api-Key\" is required"})"},
           {"/number", "Max-Forwards: 255\r\n", 200, "255"},
           {"/number", "Max-Forwards: 256\r\n", 400,
            R"("detail":"header field \"max-forwards\" must be an integer from 0 to 255"})"},
           {"/number", "Max-Forwards: 1\r\nMax-Forwards: 1\r\n", 400,
            R"("detail":"header field \"max-forwards\" must be an integer from 0 to 255"})"},
           {"/flag", "X-Flag: true\r\n", 200, "yes"},
           {"/flag", "X-Flag: 1\r\n", 400, R"("detail":"header field \"X-Flag\" must be true or false"})"},
           {"/even", "X-Even: 4\r\n", 200, "4"},
           {"/even", "X-Even: 5\r\n", 400, R"("detail":"header field \"X-Even\" has no valid value"})"},
           {"/secret", "X-Secret: open\r\n", 200, "in"},
           {"/secret", "X-Secret: shut\r\n", 403, R"("detail":"no"})"},
           {"/cookie", "Cookie: a=1\r\ncookie: b=2\r\n", 200, "a=1; b=2"},
           {"/maybe", "X-Number: 5\r\n", 200, "5"},
           {"/maybe", "", 200, "none"},
           {"/maybe", "X-Number: five\r\n", 400,
            R"("detail":"header field \"X-Number\" must be an integer from -2147483648 to 2147483647"})"},
           {"/see", "X-Number: 5\r\n", 200, "5"},
           {"/see", "", 200, R"(header field "X-Number" is required)"},
           {"/see/maybe", "X-Number: 5\r\n", 200, "5"},
           {"/see/maybe", "", 200, "none"},
           {"/see/maybe", "X-Number: x\r\n", 200,
            R"(header field "X-Number" must be an integer from -2147483648 to 2147483647)"},
       }) {
    INFO(target << " " << fields);
    const auto answer = ask(router, "GET", target, fields);
    CHECK(answer.status == status);
    CHECK(web_test::problem_of(answer) == body);
  }
}

TEST_CASE("header fields are read into a struct", "[web][headers]") {
  Router router;
  router.get("/", [](Headers<Trace> trace) { return text_of(*trace); })
      .get("/task", [](Headers<Trace> trace) -> Task<std::string> { co_return text_of(*trace); });
  struct Case {
    const char* fields;
    std::string_view body;
  };
  for (const auto& [fields, body] : std::initializer_list<Case>{
           {"X-Request-Id: abc\r\n", "abc - up none"},
           {"accept: a, b\r\nx-REQUEST-id: \xff\xff\r\nMax-Forwards: 5\r\nAccept: c\r\n",
            "\xff\xff 5 up none [a, b] [c]"},
           {"X-Request-Id: abc\r\nX_Request_Id: d\r\nx-order: descending\r\nx-class: one\r\n", "abc - down one"},
       }) {
    INFO(fields);
    CHECK(ask(router, "GET", "/", fields).body == body);
    CHECK(ask(router, "GET", "/task", fields).body == body);
  }
  const auto wrong = ask(router, "GET", "/", "X-Order: up\r\nX-CLASS: 1\r\nX-Class: 2\r\nmax-forwards: x\r\n");
  CHECK(wrong.status == 400);
  CHECK(web_test::problem_of(wrong) ==
        R"("detail":"the header fields do not have the expected values","errors":[)"
        R"({"header":"X-Order","detail":"must be one of \"ascending\", \"descending\""},)"
        R"({"header":"X-Class","detail":"is there twice"},)"
        R"({"header":"Max-Forwards","detail":"must be an integer from -2147483648 to 2147483647"},)"
        R"({"header":"X-Request-Id","detail":"is required"}]})");
  CHECK(web_test::problem_of(ask(router, "GET", "/", "X-Request-Id: a\r\n")) ==
        R"("detail":"the header fields do not have the expected values","errors":[)"
        R"({"header":"X-Request-Id","detail":"must have at least 2 characters"}]})");
}
