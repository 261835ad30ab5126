#include "compat_support.hpp"

#include <gyre/compat/callback_middleware.hpp>
#include <gyre/compat/responder_json.hpp>

#include <functional>
#include <stdexcept>

using namespace gyre;
using namespace gyre::testing;
using namespace compat_test;

namespace {

struct Row {
  int id = 7;
};
BOOST_DESCRIBE_STRUCT(Row, (), (id))

void reply_with_word(const Request& request, Reply reply) { reply(std::string{request.parameter(0)}); }

struct Handler {
  std::string text;
  void operator()(const Request&, const Responder& res) const noexcept { res.send(text); }
};

std::string fields_of(const Answer& answer, std::string_view name) {
  std::string text;
  for (const auto& field : answer.fields()) {
    if (equal_ignoring_case(field.name, name)) text += field.value + ";";
  }
  return text;
}

}  // namespace

TEST_CASE("contract 15: each shape is accepted, in all its spellings", "[compat]") {
  App app;
  app.get("/a/{word}", callback_handler(reply_with_word));
  app.get("/b", callback_handler([](const Request&, const Reply& reply) { reply("b"); }));
  app.get("/c", callback_handler([](const Request&, Reply&& reply) { reply("c"); }));
  app.get("/d", callback_handler([](const Request&, const std::function<void(Response)>& reply) { reply("d"); }));
  app.get("/e", callback_handler([](RequestCopy, std::function<void(Response&&)>&& reply) { reply("e"); }));
  app.get("/f", callback_handler(Handler{"f"}));
  app.get("/g", callback_handler([](const Request&, Responder& res) { res.send("g"); }));
  app.get("/h", callback_handler([](const RequestCopy&, Responder res, NextCallback) { res.send("h"); }));
  app.get("/i", callback_handler([](const Request&, Response& response) { response = "i"; }));
  app.get("/j/{word}", callback_handler([](const RequestCopy& request, Response& response) {
            response.set_body(std::string{request.parameter(0)});
          }));
  const std::function<void(const Request&, Reply)> erased = [](const Request&, Reply reply) { reply("k"); };
  app.get("/k", callback_handler(erased));
  app.not_found(callback_handler([](const Request&, Responder res) { res.status(404).send("not here"); }));
  compat_test::run(app, [](Client& client) -> Task<> {
    for (const char* target : {"/a/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h", "/i", "/j/j", "/k"}) {
      const Answer answer = co_await client.get(target);
      CHECK(answer.status() == Status::ok);
      CHECK(answer.body() == std::string{target[1]});
    }
    const Answer none = co_await client.get("/none");
    CHECK(none.status() == Status::not_found);
    CHECK(none.body() == "not here");
  });
  CHECK(counted(app, "/i") == "requests 5, in_call 5");
}

TEST_CASE("a responder builds up an answer", "[compat]") {
  App app;
  app.get("/row", callback_handler([](const Request&, Responder res) {
            CHECK_FALSE(res.headers_sent());
            res.status(201).set("x-row", "1").append("x-row", "2").set("x-gone", "1").remove("x-gone");
            res.cookie({.name = "a", .value = "b"}).cookie({.name = "c", .value = "d"});
            CHECK(res.get("x-row") == "1");
            send_json(res, Row{});
            CHECK(res.headers_sent());
            res.status(500).set("x-late", "1");  // nothing
          }));
  app.get("/type/{word}",
          callback_handler([](const Request& request, Responder res) { res.type(request.parameter(0)).send("text"); }));
  app.get("/redirect", callback_handler([](const Request&, Responder res) { res.redirect("/row"); }));
  app.get("/bad-redirect", callback_handler([](const Request&, Responder res) { res.redirect("/a b"); }));
  app.get("/bad-field", callback_handler([](const Request&, Responder res) { res.set("content-length", "7").end(); }));
  app.get("/end", callback_handler([](const Request&, Responder res) { res.status(Status::no_content).end(); }));
  app.get("/status", callback_handler([](const Request&, Responder res) { res.send_status(Status::gone); }));
  app.get("/fail", callback_handler([](const Request&, Responder res) {
            res.fail(std::make_exception_ptr(HttpError{Status::conflict, "taken"}));
          }));
  Told told{app};
  compat_test::run(app, [](Client& client) -> Task<> {
    const Answer row = co_await client.get("/row");
    CHECK(row.status() == Status::created);
    CHECK(row.body() == R"({"id":7})");
    CHECK(row.header("content-type") == "application/json");
    CHECK(fields_of(row, "x-row") == "1;2;");
    CHECK(fields_of(row, "set-cookie") == "a=b;c=d;");
    CHECK(row.header("x-gone").empty());
    CHECK(row.header("x-late").empty());
    const Answer html = co_await client.get("/type/html");
    CHECK(html.header("content-type") == "text/html; charset=utf-8");
    const Answer css = co_await client.get("/type/.png");
    CHECK(css.header("content-type") == "image/png");
    const Answer odd = co_await client.get("/type/of-no-file");
    CHECK(odd.status() == Status::internal_server_error);
    const Answer redirect = co_await client.get("/redirect");
    CHECK(redirect.status() == Status::found);
    CHECK(redirect.header("location") == "/row");
    const Answer bad = co_await client.get("/bad-redirect");
    CHECK(bad.status() == Status::internal_server_error);
    const Answer field = co_await client.get("/bad-field");
    CHECK(field.status() == Status::internal_server_error);
    const Answer end = co_await client.get("/end");
    CHECK(end.status() == Status::no_content);
    const Answer status = co_await client.get("/status");
    CHECK(status.body() == "Gone");
    const Answer fail = co_await client.get("/fail");
    CHECK(fail.status() == Status::conflict);
  });
  CHECK(counted(app, "/bad-field") == "requests 5, threw 5");
  CHECK(counted(app, "/bad-redirect") == "requests 5, in_call 5");
}

TEST_CASE("contract 7: a copy of the request outlives it", "[compat]") {
  for (const Protocol protocol : {Protocol::http_1_1, Protocol::http_2}) {
    App app;
    std::optional<RequestCopy> kept;
    app.post("/users/{id}/{word}", callback_handler([&](RequestCopy request, Reply reply) {
               if (!kept) kept = request;
               reply("ok");
             }));
    const auto body = [&](Client& client) -> Task<> {
      TestRequest request{Method::post, "/users/7/a%20b?x=1&y=%26z&bad=%zz"};
      request.field("X-One", "1").field("x-two", "2").field("x-one", "3").body("content", "text/plain");
      const Answer answer = co_await client.send(request);
      CHECK(answer.body() == "ok");
      const Answer other = co_await client.post("/users/8/other", "something else");
      CHECK(other.body() == "ok");
    };
    Options options;
    options.protocol = protocol;
    compat_test::run(app, body, options);

    REQUIRE(kept);
    const RequestCopy copy = *kept;
    CHECK(copy.method() == Method::post);
    CHECK(copy.method_name() == "POST");
    CHECK(copy.target() == "/users/7/a%20b?x=1&y=%26z&bad=%zz");
    CHECK(copy.path() == "/users/7/a%20b");
    CHECK(copy.query() == "x=1&y=%26z&bad=%zz");
    CHECK(copy.query("x") == "1");
    CHECK(copy.query("y") == "&z");
    CHECK(copy.query("bad") == std::nullopt);
    CHECK(copy.query("none") == std::nullopt);
    CHECK(copy.header("X-ONE") == "1");
    CHECK(copy.header(FieldId::content_type) == "text/plain");
    CHECK(copy.header("x-none").empty());
    std::string fields;
    for (const wire::FieldView& field : copy.fields()) {
      if (field.name.starts_with("x-") || field.name.starts_with("X-")) fields += field.value;
    }
    CHECK(fields == "123");
    REQUIRE(copy.parameter_count() == 2);
    CHECK(copy.parameter(0) == "7");
    CHECK(copy.parameter(1) == "a b");
    CHECK(copy.body() == "content");
    CHECK(copy.version_major() == (protocol == Protocol::http_2 ? 2 : 1));
    CHECK_FALSE(copy.host().empty());
    CHECK(copy.peer() == std::string{copy.peer_ip()} + ":" + std::to_string(copy.peer_port()));
    CHECK(copy.peer_port() != 0);
    CHECK_FALSE(copy.secure());
  }
}
