#include "site_files.hpp"
#include "web_support.hpp"

#include <gyre/app/app.hpp>
#include <gyre/testing/testing.hpp>
#include <gyre/web/static_files.hpp>

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <sys/un.h>
#include <filesystem>
#include <string>

using namespace gyre;
using testing::Answer;
using testing::Client;
using testing::TestRequest;
using web_test::SiteFiles;

namespace {

struct Site {
  explicit Site(StaticFilesOptions options = {}) {
    files.put("secret.txt", "secret");
    files.put("secret", "secret");
    files.put("public/index.html", "<p>home");
    files.put("public/site.css", "p {}");
    files.put("public/a b/\xc3\xa4 100%.txt", "odd name");
    files.put("public/docs/index.html", "<p>docs");
    files.put("public/empty/.keep", "");
    files.put("public/.env", "hidden");
    files.put("public/.git/config", "hidden");
    files.put("public/unknown.x-y-z", "?");
    app.get("/static/{path...}", static_files(files.path("public"), std::move(options)));
  }

  SiteFiles files;
  App app;
};

struct Case {
  std::string_view target;
  int status;
  std::string_view body = {};
  std::string_view location = {};
};

template <std::size_t count>
Task<> check_all(Client& client, const Case (&cases)[count]) {
  for (const Case& each : cases) {
    INFO(each.target);
    const Answer answer = co_await client.get(each.target);
    CHECK(code(answer.status()) == each.status);
    if (answer.status() == Status::ok) CHECK(answer.body() == each.body);
    CHECK(answer.header("Location") == each.location);
    CHECK(answer.body().find("secret") == std::string::npos);
    CHECK(answer.body().find("hidden") == std::string::npos);
  }
}

}  // namespace

TEST_CASE("what a directory of files answers", "[web][static]") {
  constexpr Case cases[] = {
      {"/static/site.css", 200, "p {}"},
      {"/static/site.css?v=1", 200, "p {}"},
      {"/static/s%69te.css", 200, "p {}"},
      {"/static/a%20b/%C3%A4%20100%25.txt", 200, "odd name"},
      {"/static/", 200, "<p>home"},
      {"/static/index.html", 200, "<p>home"},
      {"/static/docs/", 200, "<p>docs"},
      {"/static/docs", 308, "", "/static/docs/"},
      {"/static/docs?a=b", 308, "", "/static/docs/?a=b"},
      {"/static/a%20b", 308, "", "/static/a%20b/"},
      {"/static/a%20b/", 404},
      {"/static/empty", 308, "", "/static/empty/"},
      {"/static/missing", 404},
      {"/static/missing/", 404},
      {"/static/site.css/", 404},
      {"/static/site.css/more", 404},
      {"/static/.env", 404},
      {"/static/.git/config", 404},
      {"/static/.git/", 404},
      {"/static/.git", 404},
      {"/static/empty/.keep", 404},
      {"/static", 404},
  };
  Site site;
  testing::run_everywhere(site.app, [&](Client& client) -> Task<> {
    co_await site.files.load(client);
    co_await check_all(client, cases);
    const Answer css = co_await client.get("/static/site.css");
    CHECK(css.header("Content-Type") == "text/css; charset=utf-8");
    CHECK(css.has_header("ETag"));
    CHECK_FALSE(css.has_header("Vary"));
    const Answer unknown = co_await client.get("/static/unknown.x-y-z");
    CHECK(unknown.header("Content-Type") == "application/octet-stream");
    TestRequest part{Method::get, "/static/site.css"};
    part.field("Range", "bytes=-2");
    const Answer partial = co_await client.send(part);
    CHECK(partial.body() == "{}");
    const Answer head = co_await client.head("/static/site.css");
    CHECK(head.header("Content-Length") == "4");
    const Answer post = co_await client.post("/static/site.css", "x");
    CHECK(post.status() == Status::method_not_allowed);
    CHECK(post.header("Allow") == "GET, HEAD, OPTIONS");
    const Answer options = co_await client.options("/static/site.css");
    CHECK(options.status() == Status::no_content);
    CHECK(options.header("Allow") == "GET, HEAD, OPTIONS");
  });
}

TEST_CASE("no spelling leads out of a directory of files", "[web][static]") {
  constexpr Case cases[] = {
      {"/static/../secret.txt", 400},
      {"/static/..%2fsecret.txt", 400},
      {"/static/..%2Fsecret.txt", 400},
      {"/static/%2e%2e/secret.txt", 400},
      {"/static/%2E%2E%2Fsecret.txt", 400},
      {"/static/.%2e/secret.txt", 400},
      {"/static/docs/../../secret.txt", 400},
      {"/static/docs/%2e%2e/%2e%2e/secret.txt", 400},
      {"/static/./site.css", 400},
      {"/static/%2e/site.css", 400},
      {"/static/..", 400},
      {"/static/%2e%2e", 400},
      {"/static/site.css%00", 400},
      {"/static/site.css%00.html", 400},
      {"/static/%", 400},
      {"/static/%zz", 400},
      {"/static/%252e%252e/secret.txt", 404},
      {"/static/..%252fsecret.txt", 404},
      {"/static/..%5csecret.txt", 404},
      {"/static/..\\secret.txt", 404},
      {"/static/docs%5cindex.html", 404},
      {"/static/.../secret.txt", 404},
      {"/static/..../secret.txt", 404},
      {"/static/..;/secret.txt", 404},
      {"/static/.%20./secret.txt", 404},
      {"/static/..%09/secret.txt", 404},
      {"/static/%c0%ae%c0%ae/secret.txt", 404},
      {"/static/%e0%80%ae%e0%80%ae/secret.txt", 404},
      {"/static/%c0%ae%c0%ae%c0%afsecret.txt", 404},
      {"/static/%ef%bc%8e%ef%bc%8e/secret.txt", 404},
      {"/static/..%c0%afsecret.txt", 404},
      {"/static/..%u2215secret.txt", 400},
      {"/static//etc/passwd", 404},
      {"/static//site.css", 404},
      {"/static/docs//index.html", 404},
      {"/static/docs//", 404},
      {"/static//", 404},
      {"/static/%2fetc/passwd", 400},
      {"/static//%2e%2e/secret.txt", 400},
      {"/static/site.css.", 404},
      {"/static/site.css%20", 404},
      {"/static/SITE.CSS", 404},
      {"/static/site.css::$DATA", 404},
      {"/static/C:/secret.txt", 404},
      {"/static/~root/secret.txt", 404},
      {"/static/proc/self/cwd", 404},
  };
  Site site;
  Site with_hidden{{.hidden = true}};
  const std::string long_name = "/static/" + std::string(300, 'a');
  const std::string long_path = [] {
    std::string path = "/static";
    while (path.size() < 6000) path += "/aaaaaaaa";
    return path;
  }();
  testing::run_everywhere(site.app, [&](Client& client) -> Task<> {
    co_await site.files.load(client);
    co_await check_all(client, cases);
    const Answer name = co_await client.get(long_name);
    CHECK(name.status() == Status::not_found);
    const Answer path = co_await client.get(long_path);
    CHECK(path.status() == Status::not_found);
  });
  testing::run_everywhere(with_hidden.app, [&](Client& client) -> Task<> {
    co_await with_hidden.files.load(client);
    co_await check_all(client, cases);
  });
}

TEST_CASE("a directory of files at the root redirects to no other host", "[web][static]") {
  SiteFiles files;
  files.put("example.org/docs/index.html", "x");
  App app;
  app.get("/{path...}", static_files(files.directory()));
  testing::run_everywhere(app, [&](Client& client) -> Task<> {
    co_await files.load(client);
    constexpr Case cases[] = {
        {"/example.org", 308, "", "/example.org/"},
        {"//example.org", 404},
        {"//example.org/docs", 404},
        {"/%5cexample.org", 404},
        {"/", 404},
    };
    co_await check_all(client, cases);
  });
}

TEST_CASE("links and special files of a directory", "[web][static]") {
  namespace fs = std::filesystem;
  SiteFiles files;
  files.put("secret.txt", "secret");
  files.put("public/real.txt", "real");
  files.put("public/docs/index.html", "docs");
  files.put("public/unreadable.txt", "hidden");
  const auto link = [&](std::string_view to, std::string_view name) { fs::create_symlink(to, files.path(name)); };
  link("real.txt", "public/within.txt");
  link("docs", "public/within");
  link("../real.txt", "public/docs/up.txt");
  link("../secret.txt", "public/out.txt");
  link("..", "public/out");
  link(files.path("public/real.txt"), "public/absolute.txt");
  link("/etc/passwd", "public/passwd");
  link("/proc/self/cwd", "public/magic");
  link("/dev/zero", "public/zero");
  link("loop.txt", "public/loop.txt");
  link("nowhere", "public/dangling");
  REQUIRE(::mkfifo(files.path("public/fifo").c_str(), 0666) == 0);
  constexpr Case followed[] = {
      {"/real.txt", 200, "real"},
      {"/within.txt", 200, "real"},
      {"/within/", 200, "docs"},
      {"/docs/up.txt", 200, "real"},
      {"/out.txt", 404},
      {"/out/secret.txt", 404},
      {"/out/", 404},
      {"/absolute.txt", 404},
      {"/passwd", 404},
      {"/magic/", 404},
      {"/zero", 404},
      {"/loop.txt", 404},
      {"/dangling", 404},
      {"/fifo", 404},
      {"/fifo/", 404},
  };
  constexpr Case refused[] = {{"/real.txt", 200, "real"}, {"/within.txt", 404},   {"/within/", 404},
                              {"/within", 404},           {"/docs/up.txt", 404},  {"/docs/", 200, "docs"},
                              {"/out.txt", 404},          {"/absolute.txt", 404}, {"/fifo", 404}};
  for (const testing::Transport transport : testing::all_transports()) {
    if (transport == testing::Transport::sim) continue;  // it knows no links
    testing::Options options;
    options.transport = transport;
    App app;
    app.get("/{path...}", static_files(files.path("public")));
    testing::run(app, [&](Client& client) -> Task<> { co_await check_all(client, followed); }, options);
    App strict;
    strict.get("/{path...}", static_files(files.path("public"), {.links = false}));
    testing::run(strict, [&](Client& client) -> Task<> { co_await check_all(client, refused); }, options);
    if (::geteuid() == 0) continue;  // may read everything
    fs::permissions(files.path("public/unreadable.txt"), fs::perms::none);
    constexpr Case unreadable[] = {{"/unreadable.txt", 404}};
    testing::run(app, [&](Client& client) -> Task<> { co_await check_all(client, unreadable); }, options);
  }
}

TEST_CASE("a directory of files stays the one that was opened", "[web][static]") {
  SiteFiles files;
  files.put("public/a.txt", "first");
  App app;
  app.get("/{path...}", static_files(files.path("public")));
  std::filesystem::rename(files.path("public"), files.path("moved"));
  files.put("public/a.txt", "second");
  for (const testing::Transport transport : testing::all_transports()) {
    if (transport == testing::Transport::sim) continue;
    testing::Options options;
    options.transport = transport;
    constexpr Case cases[] = {{"/a.txt", 200, "first"}};
    testing::run(app, [&](Client& client) -> Task<> { co_await check_all(client, cases); }, options);
  }
}

TEST_CASE("the options of a directory of files", "[web][static]") {
  SECTION("hidden files") {
    Site site{{.hidden = true}};
    testing::run_everywhere(site.app, [&](Client& client) -> Task<> {
      co_await site.files.load(client);
      const Answer answer = co_await client.get("/static/.git/config");
      CHECK(answer.body() == "hidden");
      const Answer outside = co_await client.get("/static/../secret.txt");
      CHECK(outside.status() == Status::bad_request);
    });
  }
  SECTION("no index") {
    Site site{{.index = "", .cache_control = "max-age=60", .charset = ""}};
    testing::run_everywhere(site.app, [&](Client& client) -> Task<> {
      co_await site.files.load(client);
      constexpr Case cases[] = {{"/static/", 404}, {"/static/docs/", 404}, {"/static/docs", 404}};
      co_await check_all(client, cases);
      const Answer answer = co_await client.get("/static/docs/index.html");
      CHECK(answer.header("Cache-Control") == "max-age=60");
      CHECK(answer.header("Content-Type") == "text/html");
    });
  }
  SECTION("a single-page application") {
    Site site{{.fallback = "docs/index.html"}};
    testing::run_everywhere(site.app, [&](Client& client) -> Task<> {
      co_await site.files.load(client);
      constexpr Case cases[] = {{"/static/users/7", 200, "<p>docs"},
                                {"/static/users/", 200, "<p>docs"},
                                {"/static/", 200, "<p>home"},
                                {"/static/site.css", 200, "p {}"},
                                {"/static/missing.css", 404},
                                {"/static/.env", 404},
                                {"/static/.git/x", 404},
                                {"/static/..%5cx", 404},
                                {"/static/docs", 308, "", "/static/docs/"}};
      co_await check_all(client, cases);
    });
  }
}

TEST_CASE("precompressed siblings of a file", "[web][static]") {
  SiteFiles files;
  files.put("all.js", "plain");
  files.put("all.js.br", "br");
  files.put("all.js.zst", "zst");
  files.put("all.js.gz", "gz");
  files.put("some.js", "plain");
  files.put("some.js.gz", "gz");
  files.put("only.js.gz", "gz");
  files.put("none.js", "plain");
  files.put("odd.js", "plain");
  files.put("odd.js.br/x", "a directory");
  App app;
  app.get("/{path...}", static_files(files.directory(), {.precompressed = true}));
  struct Encoded {
    std::string_view target;
    std::string_view accept;
    std::string_view body;
    std::string_view encoding;
  };
  constexpr Encoded cases[] = {
      {"/all.js", "", "plain", ""},
      {"/all.js", "gzip, deflate, br, zstd", "br", "br"},
      {"/all.js", "gzip;q=1, br;q=0.5", "gz", "gzip"},
      {"/all.js", "zstd, gzip", "zst", "zstd"},
      {"/all.js", "*", "br", "br"},
      {"/all.js", "br;q=0, *", "zst", "zstd"},
      {"/all.js", "identity", "plain", ""},
      {"/all.js", "deflate", "plain", ""},
      {"/all.js", "identity;q=0, gzip;q=0", "plain", ""},
      {"/some.js", "gzip, br, zstd", "gz", "gzip"},
      {"/some.js", "br", "plain", ""},
      {"/none.js", "gzip, br", "plain", ""},
      {"/odd.js", "br", "plain", ""},
  };
  testing::run_everywhere(app, [&](Client& client) -> Task<> {
    co_await files.load(client);
    for (const Encoded& each : cases) {
      INFO(each.target << " " << each.accept);
      TestRequest request{Method::get, each.target};
      if (!each.accept.empty()) request.field("Accept-Encoding", each.accept);
      const Answer answer = co_await client.send(request);
      CHECK(answer.status() == Status::ok);
      CHECK(answer.body() == each.body);
      CHECK(answer.header("Content-Encoding") == each.encoding);
      CHECK(answer.header("Content-Type") == "text/javascript; charset=utf-8");
      CHECK(answer.header("Vary") == "Accept-Encoding");
    }
    const Answer plain = co_await client.get("/all.js");
    TestRequest encoded{Method::get, "/all.js"};
    encoded.field("Accept-Encoding", "gzip").field("If-None-Match", plain.header("ETag"));
    const Answer other = co_await client.send(encoded);
    CHECK(other.status() == Status::ok);
    CHECK(other.header("ETag") != plain.header("ETag"));
    encoded.field("If-None-Match", other.header("ETag"));
    const Answer same = co_await client.send(encoded);
    CHECK(same.status() == Status::not_modified);
    CHECK(same.header("Vary") == "Accept-Encoding");
    const Answer only = co_await client.get("/only.js");
    CHECK(only.status() == Status::not_found);
  });
}

TEST_CASE("a directory of files that cannot be served is a set-up mistake", "[web][static]") {
  SiteFiles files;
  files.put("a.txt", "");
  const auto error_of = [&](std::string_view directory, const StaticFilesOptions& options) {
    return web_test::set_up_error([&] { (void)static_files(files.path(directory), options); });
  };
  CHECK(error_of("missing", {}).find("missing\": not_found") != std::string::npos);
  CHECK(error_of("a.txt", {}).find("Not a directory") != std::string::npos);
  CHECK(error_of("", {.index = "a/b"}).find("bad index") != std::string::npos);
  CHECK(error_of("", {.fallback = "../x"}).find("bad fallback") != std::string::npos);
  CHECK(error_of("", {.cache_control = "a\r\nb"}).find("bad value of a field") != std::string::npos);
  CHECK(error_of("", {.index = "", .fallback = "a.txt"}).empty());
}

TEST_CASE("files that only a simulation has", "[web][static]") {
  App app;
  app.get("/{path...}", static_files(Directory::simulated("/site")));
  testing::run(app, [&](Client& client) -> Task<> {
    static_cast<SimLoop&>(client.loop()).put_file("/site/a.txt", "simulated");
    const Answer answer = co_await client.get("/a.txt");
    CHECK(answer.body() == "simulated");
  });
}
