#include "web_support.hpp"

#include <gyre/gyre.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace gyre;
using namespace std::chrono_literals;
using web_test::post;

namespace {

constexpr std::string_view form_type = "Content-Type: multipart/form-data; boundary=\"b\"\r\n";

/// A part of such a body: its head without the disposition's beginning, and its content.
std::string part(std::string_view head, std::string_view content) {
  return "--b\r\nContent-Disposition: form-data; " + std::string{head} + "\r\n\r\n" + std::string{content} + "\r\n";
}
std::string name(std::string_view value) { return "name=\"" + std::string{value} + "\""; }

/// What the client says of a part.
std::string head_of(const Multipart::Part& part) {
  std::string text{part.name()};
  if (const auto file = part.file_name()) text.append("(").append(*file).append(")");
  if (!part.content_type().empty()) text.append(" ").append(part.content_type());
  if (const auto field = part.field("x-more")) text.append(" +").append(*field);
  return text;
}

/// All parts as "name=content;".
Task<std::string> all(Multipart form) {
  std::string text;
  while (auto part = co_await form.next()) {
    text += head_of(*part) + "=";
    const std::string content = co_await part->text();
    text += content + ";";
  }
  co_return text;
}

}  // namespace

TEST_CASE("a form comes part by part", "[web][multipart]") {
  Router router;
  router.post("/", all);
  const std::string end = "--b--\r\n";
  CHECK(post(router, "/", end, form_type).body.empty());
  CHECK(post(router, "/", part(name("a"), "1") + part(name("b"), "") + part(name("a"), "2\r\n--\r\n") + end, form_type)
            .body == "a=1;b=;a=2\r\n--\r\n;");
  CHECK(post(router, "/",
             "preamble\r\n" +
                 part("name=f; filename=\"../../etc/passwd\"\r\nContent-Type: text/x\r\nX-More: 5", "\xc3\xa9") +
                 part("name=g; filename=\"\"", "") + end + "epilogue",
             form_type)
            .body == "f(../../etc/passwd) text/x +5=\xc3\xa9;g()=;");
}

TEST_CASE("a handler reads of a form what it wants", "[web][multipart]") {
  Router router;
  const std::string body = part(name("a"), "first") + part(name("b"), "second") + part(name("c"), "third") + "--b--";
  router
      .post("/names",
            [](Multipart form) -> Task<std::string> {
              std::string names;
              while (auto part = co_await form.next()) names += part->name();
              const bool more = (co_await form.next()).has_value();
              co_return names + (more ? "more" : "");
            })
      .post("/pieces",
            [](Multipart form) -> Task<std::string> {
              std::string text;
              auto first = co_await form.next();
              for (;;) {
                const std::string_view piece = co_await first->read();
                if (piece.empty()) break;
                text += piece;
              }
              const std::string_view again = co_await first->read();
              auto second = co_await form.next();
              const std::string_view piece = co_await second->read();
              auto third = co_await form.next();
              const std::string rest = co_await third->bytes();
              co_return text + std::to_string(again.size()) + (piece.empty() ? "" : "some") + rest;
            })
      .post("/none", [](Multipart) -> Task<std::string> { co_return "nothing read"; })
      .post("/late",
            [](Multipart form) -> Task<std::string> {
              auto first = co_await form.next();
              [[maybe_unused]] const auto second = co_await form.next();
              const std::string text = co_await first->text();
              co_return text;
            })
      .post("/late/limit",
            [](Multipart form) -> Task<std::string> {
              [[maybe_unused]] const auto first = co_await form.next();
              form.limit({.parts = 1});
              co_return "";
            })
      .post("/maybe", [](std::optional<Multipart> form) -> Task<std::string> { co_return form ? "form" : "none"; });
  CHECK(post(router, "/names", body, form_type).body == "abc");
  CHECK(post(router, "/pieces", body, form_type).body == "first0somethird");
  CHECK(post(router, "/none", body, form_type).body == "nothing read");
  CHECK(post(router, "/maybe", body, form_type).body == "form");
  CHECK(post(router, "/maybe", "").body == "none");
  std::string failure;
  router.on_error([&](const ErrorReport& report) { failure = report.text; });
  CHECK(post(router, "/late", body, form_type).status == 500);
  CHECK(failure == "gyre: a part is read after the next one was asked for");
  CHECK(post(router, "/late/limit", body, form_type).status == 500);
  CHECK(failure == "gyre: the limits of a Multipart are set before its first part is read");
}

TEST_CASE("what is wrong with a form has a status each", "[web][multipart]") {
  Router router;
  router.post("/", all)
      .post("/small",
            [](Multipart form) -> Task<std::string> {
              form.limit({.parts = 2, .head = 100, .line = 60, .fields = 2, .text = 4, .part = 8});
              std::string text = co_await all(std::move(form));
              co_return text;
            })
      .post("/text", [](Multipart form) -> Task<std::string> {
        auto part = co_await form.next();
        std::string text = co_await part->text(4);
        co_return text;
      });
  const std::string end = "--b--\r\n";
  const std::string long_value(64, 'x');
  struct Case {
    const char* target;
    std::string_view type;
    std::string body;
    int status;
    std::string_view detail;
  };
  const std::string_view good = "multipart/form-data; boundary=b";
  for (const auto& [target, type, body, status, detail] : std::initializer_list<Case>{
           {"/", "", end, 415, "the body must be multipart/form-data"},
           {"/", "multipart/mixed; boundary=b", end, 415, "the body must be multipart/form-data"},
           {"/", "application/x-www-form-urlencoded", end, 415, "the body must be multipart/form-data"},
           {"/", "multipart/form-data", end, 400, "the media type has no valid boundary"},
           {"/", "multipart/form-data; boundary=", end, 400, "the media type has no valid boundary"},
           {"/", good, "", 400, "the body ended before its last delimiter"},
           {"/", good, part(name("a"), "1"), 400, "the body ended before its last delimiter"},
           {"/", good, part(name("a"), "1") + "--b--x", 400, "a line that begins with the boundary is no delimiter"},
           {"/", good, part(name("a"), "1") + "--b--\r", 400, "the body ended before its last delimiter"},
           {"/", good, "--bx\r\n", 400, "a line that begins with the boundary is no delimiter"},
           {"/", good, part("filename=x", "1") + end, 400, "a part has no name"},
           {"/", good, part(name("a"), "\xff") + end, 400, "a part that must be text is not UTF-8"},
           {"/small", good, part(name("a"), "1") + part(name("a"), "1") + part(name("a"), "1") + end, 413,
            "there are too many parts"},
           {"/small", good, part(name(long_value), "1") + end, 413, "a field line of a part is too long"},
           {"/small", good, part("name=a\r\nA: " + long_value.substr(10) + "\r\n", "1") + end, 413,
            "the head of a part is too large"},
           {"/small", good, part("name=a\r\nA: 1\r\nB: 2", "1") + end, 413, "a part has too many fields"},
           {"/small", good, part("name=a", "12345") + end, 413, "a part without a file name is too large"},
           {"/small", good, part("name=a; filename=f", "123456789") + end, 413, "a part is too large"},
           {"/text", good, part(name("a"), "12345") + end, 413, "a part is larger than 4 bytes"},
       }) {
    INFO(target << " " << type << " " << body);
    const auto answer = post(router, target, body, "Content-Type: " + std::string{type} + "\r\n");
    CHECK(answer.status == status);
    CHECK(answer.type == "application/problem+json");
    CHECK(web_test::problem_of(answer) == "\"detail\":\"" + std::string{detail} + "\"}");
  }
  CHECK(post(router, "/small", part("name=a", "1234") + part("name=b; filename=f", "12345678") + end, form_type).body ==
        "a=1234;b(f)=12345678;");
  CHECK(post(router, "/text", part(name("a"), "1234") + end, form_type).body == "1234");
}

TEST_CASE("a form is read while it arrives, however it is cut", "[web][multipart]") {
  App app;
  app.post("/", all);
  app.post("/first", [](Multipart form) -> Task<std::string> {
    const auto part = co_await form.next();
    co_return std::string{part->name()};
  });
  const std::string body =
      part(name("a"), "first") + part("name=f; filename=x", "\r\n--c\r\n--") + part(name("b"), "last") + "--b--\r\n";
  testing::run_seeds(app, 5, [&](testing::Client& client) -> Task<> {
    for (std::size_t step = 1; step < body.size(); ++step) {
      testing::TestRequest request{Method::post, "/"};
      request.field("Content-Type", "multipart/form-data; boundary=b");
      for (std::size_t at = 0; at < body.size(); at += step) request.chunk(std::string_view{body}.substr(at, step));
      const testing::Answer answer = co_await client.send(std::move(request));
      INFO(step);
      CHECK(answer.body() == "a=first;f(x)=\r\n--c\r\n--;b=last;");
      CHECK(answer.keep_alive());
    }
  });
  // The answer needs no more than the first head.
  testing::run(app, [&](testing::Client& client) -> Task<> {
    testing::Connection connection = co_await client.connect();
    const std::string head =
        "POST /first HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n";
    const std::string begin = head + body.substr(0, body.find("first"));
    co_await connection.write(begin);
    const testing::Answer answer = co_await connection.read_answer(Method::post);
    CHECK(answer.body() == "a");
  });
}

TEST_CASE("a form is over when its body is", "[web][multipart]") {
  App app;
  app.post("/", all);
  const std::string body = part(name("a"), "1") + "--b--";
  testing::run(app, [&](testing::Client& client) -> Task<> {
    for (const std::string_view tail : {"", "\r\n", " \r\nepilogue\r\n--b\r\n"}) {
      INFO(tail);
      testing::TestRequest request{Method::post, "/"};
      request.field("Content-Type", "multipart/form-data; boundary=b");
      request.chunk(body);
      if (!tail.empty()) request.chunk(tail);
      const testing::Answer answer = co_await client.send(std::move(request));
      CHECK(answer.body() == "a=1;");
      CHECK(answer.keep_alive());
    }
    testing::Connection connection = co_await client.connect();
    const std::string broken =
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: "
        "chunked\r\n\r\n" +
        std::string{"39\r\n"} + body + "\r\nnot a chunk\r\n";
    co_await connection.write(broken);
    const testing::Answer answer = co_await connection.read_answer(Method::post);
    CHECK(answer.status() == Status::bad_request);
  });
}

TEST_CASE("a body that a middleware has collected is streamed from there", "[web][multipart]") {
  App app;
  app.use([](Request& request, Next next) -> Task<Response> {
    const Result<void> collected = co_await request.collect();
    collected.value();
    co_return co_await next(request);
  });
  app.post("/form", all);
  app.post("/body", [](Body body) -> Task<std::string> {
    std::string text;
    for (;;) {
      const Result<std::string_view> piece = co_await body.read();
      if (piece.value().empty()) break;
      text += *piece;
    }
    const Result<std::string_view> behind = co_await body.read();
    co_return text + (behind.value().empty() ? "." : "more");
  });
  const std::string form = part(name("a"), "1") + "--b--\r\n";
  testing::run(app, [&](testing::Client& client) -> Task<> {
    for (const std::string_view target : {"/form", "/body"}) {
      for (const bool chunked : {true, false}) {
        INFO(target << (chunked ? " in chunks" : " at once"));
        testing::TestRequest request{Method::post, target};
        request.field("Content-Type", "multipart/form-data; boundary=b");
        if (chunked) {
          request.chunk(form.substr(0, 10)).chunk(form.substr(10));
        } else {
          request.body(form);
        }
        const testing::Answer answer = co_await client.send(std::move(request));
        CHECK(answer.body() == (target == "/form" ? "a=1;" : form + "."));
      }
    }
  });
}

TEST_CASE("a handler that does not read a part slows its client down", "[web][multipart]") {
  App app;
  app.post("/",
           [](Multipart form) -> Task<std::string> {
             std::size_t bytes = 0;
             auto part = co_await form.next();
             co_await sleep_for(5s);
             for (;;) {
               const std::string_view piece = co_await part->read();
               if (piece.empty()) break;
               bytes += piece.size();
             }
             co_return std::to_string(bytes);
           },
           {.body = 8 << 20});
  const std::string body = part("name=f; filename=x", std::string(4 << 20, 'x')) + "--b--\r\n";
  testing::run(app, [&](testing::Client& client) -> Task<> {
    testing::Connection connection = co_await client.connect();
    const std::string request =
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body;
    const TimePoint begin = client.loop().now();
    co_await connection.write(request);
    CHECK(client.loop().now() - begin >= 5s);
    const testing::Answer answer = co_await connection.read_answer(Method::post);
    CHECK(answer.body() == std::to_string(4 << 20));
    CHECK(answer.keep_alive());
  });
}
