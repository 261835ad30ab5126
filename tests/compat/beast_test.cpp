#include <gyre/compat/beast.hpp>

#include "compat_support.hpp"

#include <boost/beast/http/file_body.hpp>

#include <catch2/catch.hpp>

#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>

using namespace gyre;
using namespace std::chrono_literals;
using compat_test::counted;
using compat_test::run;
using compat_test::Told;
using testing::Client;
namespace beast = gyre::compat::beast;
namespace http = boost::beast::http;

namespace {

using StringRequest = http::request<http::string_body>;
using StringResponse = http::response<http::string_body>;

std::string text_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

StringResponse text(http::status status, std::string body) {
  StringResponse response{status, 11};
  response.set(http::field::content_type, "text/plain");
  response.body() = std::move(body);
  response.prepare_payload();
  return response;
}

/// What a handler sees of a request, in one text.
template <class Body>
std::string seen(const http::request<Body>& request) {
  std::string text = text_of(request.method_string()) + " " + text_of(request.target()) + " " +
                     std::to_string(request.version()) + (request.keep_alive() ? " keep" : " close");
  for (const auto& field : request) text += "\n" + text_of(field.name_string()) + "=" + text_of(field.value());
  return text;
}

/// A file for the time of a test.
class TestFile {
 public:
  explicit TestFile(const std::string& content) {
    const int descriptor = ::mkstemp(path_);
    REQUIRE(descriptor >= 0);
    REQUIRE(::write(descriptor, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    ::close(descriptor);
  }
  ~TestFile() { std::remove(path_); }
  const char* path() const { return path_; }

 private:
  char path_[32] = "/tmp/gyre-beast-XXXXXX";
};

std::string numbered_bytes(std::size_t size) {
  std::string content(size, '\0');
  for (std::size_t index = 0; index < size; ++index) content[index] = static_cast<char>(index * 31 + index / 251);
  return content;
}

Task<testing::Answer> raw(Client& client, std::string bytes) {
  testing::Connection connection = co_await client.connect();
  co_await connection.write(bytes);
  testing::Answer answer = co_await connection.read_answer();
  co_return answer;
}

http::response<http::file_body> file_response(const char* path) {
  http::response<http::file_body> response{http::status::ok, 11};
  boost::beast::error_code error;
  response.body().open(path, boost::beast::file_mode::scan, error);
  if (error) throw boost::beast::system_error{error};
  response.prepare_payload();
  return response;
}

}  // namespace

TEST_CASE("a handler for Beast gets the request that Beast would have read", "[compat][beast]") {
  App app;
  app.post("/a/{id}", beast::handler([](StringRequest&& request) -> http::message_generator {
             return text(http::status::ok, seen(request) + "\n" + request.body());
           }));
  app.route("PURGE", "/odd", beast::handler([](const http::request<http::empty_body>& request) {
              return text(http::status::ok, text_of(request.method_string()));
            }));
  app.post("/bytes", beast::handler([](http::request<http::vector_body<char>> request) {
             return text(http::status::ok, std::to_string(request.body().size()));
           }));
  run(app, [](Client& client) -> Task<> {
    testing::Answer answer = co_await raw(
        client, "POST /a/7?x=%20 HTTP/1.1\r\nHost: h\r\nx-Own:  1 \r\nContent-Length: 4\r\nX-OWN: 2\r\n\r\nbody");
    CHECK(answer.body() == "POST /a/7?x=%20 11 keep\nHost=h\nx-Own=1\nX-OWN=2\nContent-Length=4\nbody");
    CHECK(answer.header("Content-Type") == "text/plain");
    answer = co_await raw(client, "PURGE /odd HTTP/1.1\r\nHost: h\r\n\r\n");
    CHECK(answer.body() == "PURGE");
    answer = co_await raw(client, "PURGE /odd HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx");
    CHECK(answer.status() == Status::bad_request);
    answer = co_await raw(client,
                          "POST /bytes HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    CHECK(answer.body() == "3");
  });
}

TEST_CASE("a handler for Beast answers with a send function", "[compat][beast]") {
  App app;
  const Told told{app};
  app.get("/generic", beast::handler([](auto&& request, auto send) { send(text(http::status::ok, seen(request))); }));
  app.get("/typed", beast::handler([](StringRequest&&, beast::Send send) {
            send(http::message_generator{text(http::status::created, "typed")});
          }));
  app.get("/function", beast::handler([](StringRequest&&, std::function<void(StringResponse&&)> send) {
            send(text(http::status::ok, "function"));
          }));
  app.get("/twice", beast::handler([](StringRequest&&, const beast::Send& send) {
            send(text(http::status::ok, "first"));
            send(text(http::status::ok, "second"));
          }));
  app.get("/never", beast::handler([](StringRequest&&, const beast::Send&) {}));
  app.get("/body", beast::handler<http::empty_body>([](auto&& request, auto&& send) {
            static_assert(std::is_same_v<std::remove_cvref_t<decltype(request)>, http::request<http::empty_body>>);
            send(text(http::status::ok, "empty"));
          }));
  run(
      app,
      [&](Client& client) -> Task<> {
        testing::Answer answer = co_await client.get("/generic");
        CHECK(answer.body().substr(0, 22) == "GET /generic 11 keep\nH");
        answer = co_await client.get("/typed");
        CHECK((answer.status() == Status::created && answer.body() == "typed"));
        answer = co_await client.get("/function");
        CHECK(answer.body() == "function");
        answer = co_await client.get("/twice");
        CHECK(answer.body() == "first");
        answer = co_await client.get("/never");
        CHECK(answer.status() == Status::internal_server_error);
        answer = co_await client.get("/body");
        CHECK(answer.body() == "empty");
      },
      {}, 1);
  CHECK(counted(app, "/twice") == "requests 1, in_call 1, twice 1");
  CHECK(counted(app, "/never") == "requests 1, dropped 1");
}

TEST_CASE("a handler for Beast answers from another thread", "[compat][beast]") {
  App app;
  app.get("/", beast::handler([](StringRequest&& request, beast::Send send) {
            std::thread{[request = std::move(request), send = std::move(send)] {
              send(text(http::status::ok, std::string(300'000, 'x')));
            }}.detach();
          }));
  const auto body = [](Client& client) -> Task<> {
    for (int number = 0; number < 20; ++number) {
      const testing::Answer answer = co_await client.get("/");
      CHECK(answer.body().size() == 300'000);
    }
  };
  for (const testing::Transport transport : testing::all_transports()) {
    if (transport == testing::Transport::sim) continue;
    testing::Options options;
    options.transport = transport;
    testing::run(app, body, options);
  }
}

TEST_CASE("a handler for Beast that blocks runs on the pool", "[compat][beast]") {
  App app;
  const std::thread::id mine = std::this_thread::get_id();
  const std::string large(200'000, 'x');
  std::thread::id ran;
  app.post("/", beast::blocking_handler([&](StringRequest&& request) -> http::message_generator {
             ran = std::this_thread::get_id();
             return text(http::status::ok, request.body() + large);
           }));
  testing::Options options;
  options.transport = testing::Transport::epoll;
  testing::run(
      app,
      [&](Client& client) -> Task<> {
        const testing::Answer answer = co_await client.post("/", "body");
        CHECK(answer.body() == "body" + large);
      },
      options);
  CHECK(ran != std::thread::id{});
  CHECK(ran != mine);
}

TEST_CASE("what a handler for Beast throws is answered like a native handler's", "[compat][beast]") {
  App app;
  Told told{app};
  app.get("/throws", beast::handler([](StringRequest&&) -> StringResponse { throw std::runtime_error{"x"}; }));
  app.get("/http", beast::handler([](StringRequest&&) -> StringResponse { throw HttpError{Status::conflict}; }));
  run(
      app,
      [](Client& client) -> Task<> {
        testing::Answer answer = co_await client.get("/throws");
        CHECK(answer.status() == Status::internal_server_error);
        answer = co_await client.get("/http");
        CHECK(answer.status() == Status::conflict);
      },
      {}, 1);
  CHECK(told.texts().size() == 1);
}

namespace {

void add_framings(App& app) {
  app.get("/length", beast::handler([](StringRequest&& request) {
            StringResponse response = text(http::status::ok, "12345");
            response.keep_alive(request.keep_alive());
            response.set(http::field::server, "mine");
            response.insert("Set-Cookie", "a=1");
            response.insert("Set-Cookie", "b=2");
            if (request.method() == http::verb::head) response.body().clear();
            return response;
          }));
  app.get("/chunked", beast::handler([](StringRequest&&) {
            StringResponse response{http::status::ok, 11};
            response.body() = "12345";
            response.chunked(true);
            return response;
          }));
  app.get("/nothing", beast::handler([](StringRequest&&) {
            StringResponse response{http::status::ok, 11};
            response.chunked(true);
            return response;
          }));
  app.get("/eof", beast::handler([](StringRequest&&) {
            StringResponse response{http::status::ok, 11};
            response.body() = "12345";
            return response;
          }));
  app.get("/none", beast::handler([](StringRequest&&) {
            http::response<http::empty_body> response{http::status::no_content, 11};
            response.set(http::field::etag, "\"1\"");
            return response;
          }));
  app.get("/unchanged", beast::handler([](StringRequest&&) {
            http::response<http::empty_body> response{http::status::not_modified, 11};
            response.content_length(1000);
            return response;
          }));
  app.get("/odd", beast::handler([](StringRequest&&) {
            StringResponse response = text(http::status::ok, "x");
            response.result(299);
            response.reason("Odd");
            return response;
          }));
}

/// Messages that are no good.
void add_broken(App& app) {
  app.get("/short", beast::handler([](StringRequest&&) {
            StringResponse response = text(http::status::ok, "x");
            response.content_length(2);
            return response;
          }));
  app.get("/long", beast::handler([](StringRequest&&) {
            StringResponse response = text(http::status::ok, "xyz");
            response.content_length(2);
            return response;
          }));
  app.get("/split", beast::handler([](StringRequest&&) {
            StringResponse response = text(http::status::ok, "x");
            response.set("X-Own", "a\r\nSet-Cookie: evil=1");
            return response;
          }));
  app.get("/reason", beast::handler([](StringRequest&&) {
            StringResponse response = text(http::status::ok, "x");
            response.reason("Fine\r\nSet-Cookie: evil=1");
            return response;
          }));
  app.get("/status/{code}", beast::handler([](StringRequest&& request) {
            StringResponse response = text(http::status::ok, "x");
            response.result(static_cast<unsigned>(std::stoi(text_of(request.target()).substr(8))));
            return response;
          }));
}

}  // namespace

TEST_CASE("the framing of a Beast message becomes gyre's", "[compat][beast]") {
  App app;
  Told told{app};
  add_framings(app);
  add_broken(app);
  testing::Options options;
  options.server.server_name = "";
  run(
      app,
      [](Client& client) -> Task<> {
        testing::Answer answer = co_await client.get("/length");
        CHECK(answer.header("Content-Length") == "5");
        CHECK(answer.header("Server") == "mine");
        CHECK(answer.fields().back().value == "b=2");
        CHECK(answer.keep_alive());
        answer = co_await client.head("/length");
        CHECK(answer.header("Content-Length") == "5");
        CHECK(answer.body().empty());
        answer = co_await client.get("/chunked");
        CHECK(answer.chunked());
        CHECK(answer.body() == "12345");
        answer = co_await client.get("/nothing");
        CHECK((answer.status() == Status::ok && answer.chunked() && answer.body().empty()));
        answer = co_await client.head("/chunked");
        CHECK(answer.body().empty());
        answer = co_await client.get("/eof");
        CHECK(answer.header("Content-Length") == "5");
        CHECK(answer.keep_alive());
        answer = co_await client.get("/none");
        CHECK(answer.status() == Status::no_content);
        CHECK(answer.header("ETag") == "\"1\"");
        answer = co_await client.get("/unchanged");
        CHECK(answer.status() == Status::not_modified);
        answer = co_await client.get("/odd");
        CHECK(code(answer.status()) == 299);
        for (const char* broken : {"/short", "/long", "/split", "/reason"}) {
          answer = co_await client.get(broken);
          CHECK(answer.status() == Status::internal_server_error);
          CHECK(!answer.has_header("Set-Cookie"));
        }
        for (const char* odd : {"/status/0", "/status/42", "/status/100", "/status/101", "/status/1000"}) {
          answer = co_await client.get(odd);
          CHECK(answer.status() == Status::internal_server_error);
        }
      },
      options, 1);
  CHECK(told.texts().size() >= 4);
}

TEST_CASE("a file is answered by Beast piece by piece", "[compat][beast]") {
  const std::string content = numbered_bytes(1'500'000);
  const TestFile large{content};
  const TestFile little{"little"};
  App app;
  app.get("/large",
          beast::handler([&](StringRequest&&) -> http::message_generator { return file_response(large.path()); }));
  app.get("/chunked", beast::handler([&](StringRequest&&, beast::Send send) {
            http::response<http::file_body> response = file_response(large.path());
            response.chunked(true);
            send(std::move(response));
          }));
  app.get("/little", beast::handler([&](StringRequest&&) { return file_response(little.path()); }));
  app.get("/head", beast::handler([&](StringRequest&&) {
            http::response<http::empty_body> response{http::status::ok, 11};
            response.content_length(content.size());
            return response;
          }));
  app.get("/memory", beast::handler([&](StringRequest&&) { return text(http::status::ok, content); }));
  const auto body = [&](Client& client) -> Task<> {
    testing::Answer answer = co_await client.get("/large");
    CHECK(answer.header("Content-Length") == "1500000");
    CHECK(answer.body() == content);
    answer = co_await client.get("/chunked");
    CHECK(answer.chunked());
    CHECK(answer.body() == content);
    answer = co_await client.get("/little");
    CHECK(answer.body() == "little");
    answer = co_await client.head("/head");
    CHECK(answer.header("Content-Length") == "1500000");
    answer = co_await client.get("/memory");
    CHECK(answer.body() == content);
  };
  run(app, body, {}, 1);
  testing::run_everywhere(app, body);
}

TEST_CASE("a file that ends too soon cuts the answer of a Beast handler", "[compat][beast]") {
  const TestFile file{numbered_bytes(200'000)};
  App app;
  Told told{app};
  app.get("/", beast::handler([&](StringRequest&&) {
            http::response<http::file_body> response = file_response(file.path());
            REQUIRE(::truncate(file.path(), 100'000) == 0);
            return response;
          }));
  bool cut = false;
  run(
      app,
      [&](Client& client) -> Task<> {
        try {
          (void)co_await client.get("/");
        } catch (const std::exception&) {
          cut = true;
        }
      },
      {}, 1);
  CHECK(cut);
  CHECK(told.texts().size() == 1);
}

TEST_CASE("a handler for Beast serves HTTP/2, too", "[compat][beast]") {
  App app;
  app.get("/", beast::handler([](StringRequest&& request) {
            StringResponse response = text(http::status::ok, seen(request) + request.body());
            response.chunked(true);
            return response;
          }));
  testing::Options options;
  options.protocol = testing::Protocol::http_2;
  run(
      app,
      [](Client& client) -> Task<> {
        const testing::Answer answer = co_await client.get("/");
        CHECK(answer.status() == Status::ok);
        CHECK(answer.body().find("GET / 11 keep") == 0);
        CHECK(answer.body().find("ost=") != std::string::npos);
      },
      options, 1);
}
