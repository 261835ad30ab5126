#include "site_files.hpp"

#include <gyre/app/app.hpp>
#include <gyre/testing/testing.hpp>
#include <gyre/web/file_response.hpp>
#include <gyre/wire/http_date.hpp>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <string>
#include <vector>

using namespace gyre;
using namespace std::chrono_literals;
using testing::Answer;
using testing::Client;
using testing::TestRequest;
using web_test::SiteFiles;

namespace {

constexpr std::string_view ten = "0123456789";

struct Site {
  explicit Site(FileResponseOptions how = {}) : options(how) {
    files.put("ten.txt", ten);
    files.put("empty.bin", "");
    files.put("large.bin", large);
    auto handler = [this](Request& request, gyre::Path<std::string> name) -> Task<Response> {
      return file_response(request, files.path(*name), options);
    };
    app.get("/{name}", handler).post("/{name}", handler);
  }

  static std::string numbers(std::size_t size) {
    std::string text;
    for (int number = 0; text.size() < size; ++number) text += std::to_string(number) + " ";
    return text.substr(0, size);
  }

  std::string large = numbers(300'000);
  FileResponseOptions options;
  SiteFiles files;
  App app;
};

/// What a request adds to GET, "%t" being the tag and "%m" the date of the answer without it; and what it gets.
struct Case {
  std::string_view fields;
  int status;
  std::string_view body;
  std::string_view content_range = {};
};

std::string filled_in(std::string_view given, const Answer& whole) {
  std::string text{given};
  const auto replace = [&text](std::string_view mark, std::string_view by) {
    const std::size_t at = text.find(mark);
    if (at != std::string::npos) text.replace(at, mark.size(), by);
  };
  replace("%t", whole.header("ETag"));
  replace("%m", whole.header("Last-Modified"));
  return text;
}

constexpr Case conditional_cases[] = {
    // conditions, in their order
    {"If-Match: %t", 200, ten},
    {"If-Match: *", 200, ten},
    {"If-Match: \"x\", %t", 200, ten},
    {"If-Match: \"x\"\nIf-Match: %t", 200, ten},
    {"If-Match: \"x\"", 412, "p"},
    {"If-Match: \"x\"\nIf-None-Match: %t", 412, "p"},
    {"If-Unmodified-Since: %m", 200, ten},
    {"If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT", 412, "p"},
    {"If-Match: %t\nIf-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT", 200, ten},
    {"If-None-Match: %t", 304, ""},
    {"If-None-Match: W/%t", 304, ""},
    {"If-None-Match: \"x\", %t", 304, ""},
    {"If-None-Match: *", 304, ""},
    {"If-None-Match: \"x\"", 200, ten},
    {"If-Modified-Since: %m", 304, ""},
    {"If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT", 200, ten},
    {"If-None-Match: \"x\"\nIf-Modified-Since: %m", 200, ten},
    {"If-Modified-Since: yesterday", 200, ten},
    // one range
    {"Range: bytes=0-0", 206, "0", "bytes 0-0/10"},
    {"Range: bytes=2-5", 206, "2345", "bytes 2-5/10"},
    {"Range: bytes=7-", 206, "789", "bytes 7-9/10"},
    {"Range: bytes=-3", 206, "789", "bytes 7-9/10"},
    {"Range: bytes=0-99", 206, ten, "bytes 0-9/10"},
    {"Range: bytes=2-3,4-5", 206, "2345", "bytes 2-5/10"},
    {"Range: bytes=10-", 416, "p", "bytes */10"},
    {"Range: bytes=-0", 416, "p", "bytes */10"},
    {"Range: bytes=5-2", 200, ten},
    {"Range: lines=1-2", 200, ten},
    {"Range: bytes=0-1\nRange: bytes=2-3", 200, ten},
    {"Range: bytes=0-0,0-0,0-0", 200, ten},
    {"Range: bytes=0-0,2-2,4-4,6-6,8-8,0-0,2-2,4-4,6-6,8-8,0-0,2-2,4-4,6-6,8-8,0-0,2-2", 200, ten},
    // both
    {"Range: bytes=0-1\nIf-Range: %t", 206, "01", "bytes 0-1/10"},
    {"Range: bytes=0-1\nIf-Range: %m", 206, "01", "bytes 0-1/10"},
    {"Range: bytes=0-1\nIf-Range: \"x\"", 200, ten},
    {"Range: bytes=0-1\nIf-Range: W/%t", 200, ten},
    {"Range: bytes=0-1\nIf-Range: Thu, 01 Jan 1970 00:00:00 GMT", 200, ten},
    {"Range: bytes=10-\nIf-Range: \"x\"", 200, ten},
    {"Range: bytes=0-1\nIf-None-Match: %t", 304, ""},
    {"Range: bytes=0-1\nIf-Match: \"x\"", 412, "p"},
};

TestRequest request_with(std::string_view path, std::string_view fields, Method method = Method::get) {
  TestRequest request{method, path};
  while (!fields.empty()) {
    const std::string_view line = fields.substr(0, fields.find('\n'));
    const std::size_t colon = line.find(": ");
    request.field(line.substr(0, colon), line.substr(colon + 2));
    fields.remove_prefix(std::min(fields.size(), line.size() + 1));
  }
  return request;
}

}  // namespace

TEST_CASE("a file is answered with what caches and downloads need", "[web][file]") {
  Site site{{.download_name = "t\xc3\xa9n.txt", .cache_control = "no-cache"}};
  testing::run_everywhere(site.app, [&](Client& client) -> Task<> {
    co_await site.files.load(client);
    const Answer answer = co_await client.get("/ten.txt");
    CHECK(answer.status() == Status::ok);
    CHECK(answer.body() == ten);
    CHECK(answer.header("Content-Type") == "text/plain; charset=utf-8");
    CHECK(answer.header("Content-Length") == "10");
    CHECK(answer.header("Accept-Ranges") == "bytes");
    CHECK(answer.header("Cache-Control") == "no-cache");
    CHECK(answer.header("Content-Disposition") == R"(attachment; filename="t_n.txt"; filename*=UTF-8''t%C3%A9n.txt)");
    CHECK(answer.header("ETag").starts_with("\""));
    CHECK(answer.header("Last-Modified").ends_with("GMT"));
    CHECK_FALSE(answer.has_header("Vary"));
    const Answer head = co_await client.head("/ten.txt");
    CHECK(head.status() == Status::ok);
    CHECK(head.body().empty());
    for (const std::string_view name : {"Content-Type", "Content-Length", "ETag", "Last-Modified", "Cache-Control"}) {
      INFO(name);
      CHECK(head.header(name) == answer.header(name));
    }
    const Answer same = co_await client.send(request_with("/ten.txt", filled_in("If-None-Match: %t", answer)));
    CHECK(same.status() == Status::not_modified);
    CHECK(same.header("ETag") == answer.header("ETag"));
    CHECK(same.header("Cache-Control") == "no-cache");
    CHECK_FALSE(same.has_header("Content-Type"));
    const Answer large = co_await client.get("/large.bin");
    CHECK((large.body() == site.large));
    const Answer empty = co_await client.get("/empty.bin");
    CHECK(empty.status() == Status::ok);
    CHECK(empty.header("Content-Length") == "0");
    const Answer missing = co_await client.get("/missing");
    CHECK(missing.status() == Status::not_found);
    const Answer directory = co_await client.get("/.%2f");
    CHECK(directory.status() == Status::not_found);
  });
}

TEST_CASE("conditions and ranges of a file", "[web][file]") {
  Site site;
  testing::run_everywhere(site.app, [&](Client& client) -> Task<> {
    co_await site.files.load(client);
    const Answer whole = co_await client.get("/ten.txt");
    for (const Case& each : conditional_cases) {
      INFO(each.fields);
      const Answer answer = co_await client.send(request_with("/ten.txt", filled_in(each.fields, whole)));
      CHECK(code(answer.status()) == each.status);
      CHECK(answer.header("Content-Range") == each.content_range);
      const bool problem = each.body == "p";
      if (!problem) CHECK(answer.body() == each.body);
      CHECK((answer.header("Content-Type") == "application/problem+json") == problem);
      CHECK(answer.has_header("ETag") == !problem);
    }
    const Answer head = co_await client.send(request_with("/ten.txt", "Range: bytes=0-1", Method::head));
    CHECK(head.status() == Status::ok);
    CHECK(head.header("Content-Length") == "10");
    const Answer post = co_await client.send(request_with("/ten.txt", "Range: bytes=0-1", Method::post));
    CHECK(post.body() == ten);
    const Answer of_large = co_await client.send(request_with("/large.bin", "Range: bytes=100-200099"));
    CHECK(of_large.status() == Status::partial_content);
    CHECK((of_large.body() == site.large.substr(100, 200'000)));
    const Answer of_nothing = co_await client.send(request_with("/empty.bin", "Range: bytes=0-"));
    CHECK(of_nothing.header("Content-Range") == "bytes */0");
  });
}

TEST_CASE("several ranges of a file are parts of one answer", "[web][file]") {
  Site site;
  testing::run_everywhere(site.app, [&](Client& client) -> Task<> {
    co_await site.files.load(client);
    const Answer answer = co_await client.send(request_with("/ten.txt", "Range: bytes=0-1, -2, 4-4, 20-30"));
    CHECK(answer.status() == Status::partial_content);
    const std::string_view type = answer.header("Content-Type");
    REQUIRE(type.starts_with("multipart/byteranges; boundary="));
    const std::string boundary{type.substr(type.find('=') + 1)};
    std::string expected;
    for (const char* part : {"0-1/10\r\n\r\n01", "8-9/10\r\n\r\n89", "4-4/10\r\n\r\n4"}) {
      expected += "\r\n--" + boundary + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes " + part;
    }
    expected += "\r\n--" + boundary + "--\r\n";
    CHECK(answer.body() == expected);
    CHECK(answer.header("Content-Length") == std::to_string(expected.size()));
    CHECK_FALSE(answer.has_header("Content-Range"));
    CHECK(answer.header("Accept-Ranges") == "bytes");
    CHECK(answer.has_header("ETag"));
    const Answer large = co_await client.send(request_with("/large.bin", "Range: bytes=0-99999,200000-299999"));
    CHECK(large.body().find(site.large.substr(0, 100'000)) != std::string::npos);
    CHECK(large.body().find(site.large.substr(200'000)) != std::string::npos);
    CHECK(large.body().size() < 200'500);
  });
}

TEST_CASE("a tag is weak while the file may change without a trace", "[web][file]") {
  Site site;
  testing::run(site.app, [&](Client& client) -> Task<> {
    auto& loop = static_cast<SimLoop&>(client.loop());
    loop.put_file(site.files.path("ten.txt"), ten);
    const Answer fresh = co_await client.get("/ten.txt");
    CHECK(fresh.header("ETag").starts_with("W/\""));
    const Answer range =
        co_await client.send(request_with("/ten.txt", filled_in("Range: bytes=0-1\nIf-Range: %t", fresh)));
    CHECK(range.status() == Status::ok);
    const Answer by_date =
        co_await client.send(request_with("/ten.txt", filled_in("Range: bytes=0-1\nIf-Range: %m", fresh)));
    CHECK(by_date.status() == Status::ok);
    co_await sleep_for(1s);
    const Answer old = co_await client.send(request_with("/ten.txt", filled_in("If-None-Match: %t", fresh)));
    CHECK(old.status() == Status::not_modified);
    CHECK("W/" + std::string{old.header("ETag")} == fresh.header("ETag"));
    loop.put_file(site.files.path("ten.txt"), "9876543210");
    const Answer changed = co_await client.send(request_with("/ten.txt", filled_in("If-None-Match: %t", old)));
    CHECK(changed.body() == "9876543210");
  });
}

TEST_CASE("a file that becomes shorter is never taken for a whole one", "[web][file]") {
  Site site;
  int failures = 0;
  site.app.on_error([&](const ErrorReport&) { ++failures; });
  testing::Options options;
  options.sim.pipe_capacity = 1000;
  testing::run(
      site.app,
      [&](Client& client) -> Task<> {
        co_await site.files.load(client);
        testing::Connection connection = co_await client.connect();
        co_await connection.write("GET /large.bin HTTP/1.1\r\nHost: test\r\n\r\n");
        const std::string begin = co_await connection.read_some();
        CHECK(begin.starts_with("HTTP/1.1 200 OK\r\n"));
        static_cast<SimLoop&>(client.loop()).put_file(site.files.path("large.bin"), "short");
        const std::string rest = co_await connection.read_until_end();
        CHECK(connection.was_reset());
        CHECK(rest.size() < site.large.size());
      },
      options);
  CHECK(failures == 1);
}

TEST_CASE("a file from a time that nanoseconds cannot count is from the end of it", "[web][file]") {
  Site site;
  for (const std::int64_t seconds : {std::int64_t{9'300'000'000}, std::int64_t{-9'300'000'000}}) {
    const timespec times[] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT}, {.tv_sec = seconds, .tv_nsec = 0}};
    REQUIRE(::utimensat(AT_FDCWD, site.files.path("ten.txt").c_str(), times, 0) == 0);
    for (const testing::Transport transport : testing::all_transports()) {
      if (transport == testing::Transport::sim) continue;  // its clock is not set
      testing::Options options;
      options.transport = transport;
      testing::run(
          site.app,
          [&](Client& client) -> Task<> {
            const Result<FileInfo> info = co_await file_info(site.files.path("ten.txt"));
            CHECK((info.value().modified > Duration::zero()) == (seconds > 0));
            const Answer answer = co_await client.get("/ten.txt");
            CHECK(answer.body() == ten);
            CHECK(answer.header("ETag").starts_with("W/") == (seconds > 0));  // it is yet to come
            const std::string_view date = answer.header("Last-Modified");
            const auto modified = wire::parse_http_date(date, 0);
            INFO(date);
            CHECK((modified.value() > 0) == (seconds > 0));
          },
          options);
    }
  }
}
