#include "site_files.hpp"

#include <gyre/app/app.hpp>
#include <gyre/testing/testing.hpp>
#include <gyre/web/file_response.hpp>
#include <gyre/web/static_files.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <random>
#include <string>
#include <vector>

using namespace gyre;
using testing::Answer;
using testing::Client;
using testing::TestRequest;
using web_test::SiteFiles;

namespace {

/// What paths of attacks are made of, and what is there to be found by them.
constexpr std::string_view pieces[] = {
    "..",          ".",      "...",      "%2e%2e",     "%2E.",        ".%2e",        "%252e%252e", "%c0%ae%c0%ae",
    "%u002e",      "..%00",  "%00",      "%",          "%2",          "%g0",         "..;",        "..%20",
    "..%09",       "%0d%0a", "..%5c",    "..\\",       "%5c",         "%255c",       "/",          "/",
    "/",           "//",     "%2f",      "%2F",        "%252f",       "%c0%af",      "%ef%bc%8f",  "\\",
    ";",           ":",      "::$DATA",  "~",          "*",           "?",           "#",          "&",
    "secret.txt",  "secret", "site.css", "index.html", "docs",        "public",      "up",         "out.txt",
    "within",      ".env",   ".git",     "%2eenv",     ".git/config", "%2e",         "etc/passwd", "proc/self/root",
    "/etc/passwd", "C:",     "\xc3\xa4", "%ff",        "%e2%80%ae",   "a%2f..%2f..", "http:",      "file:///",
};
constexpr std::string_view prefixes[] = {"/static/", "/static", "/", "//", "/docs/../static/", "/static/docs/"};
constexpr std::string_view public_bodies[] = {"p {}", "<p>home", "<p>docs"};

std::vector<std::string> hostile_targets(std::uint64_t seed, int count) {
  std::mt19937_64 random{seed};
  const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random() % end); };
  std::vector<std::string> targets;
  for (int made = 0; made < count; ++made) {
    std::string target{prefixes[below(std::size(prefixes))]};
    for (std::size_t left = 1 + below(8); left > 0; --left) {
      target += pieces[below(std::size(pieces))];
      if (below(2) == 0) target += '/';
    }
    targets.push_back(std::move(target));
  }
  return targets;
}

/// Public files, with others around and below them that nobody may see.
struct Site {
  Site() {
    namespace fs = std::filesystem;
    for (const char* name : {"secret.txt", "secret", "etc/passwd", "public/.env", "public/.git/config"}) {
      files.put(name, "secret");
    }
    files.put("public/site.css", "p {}");
    files.put("public/index.html", "<p>home");
    files.put("public/docs/index.html", "<p>docs");
    fs::create_symlink("..", files.path("public/up"));
    fs::create_symlink("../secret.txt", files.path("public/out.txt"));
    fs::create_symlink("docs", files.path("public/within"));
    fs::create_symlink("/", files.path("public/docs/root"));
    app.get("/static/{path...}", static_files(files.path("public")));
    app.get("/{path...}", static_files(files.path("public"), {.fallback = "docs/index.html"}));
  }

  SiteFiles files;
  App app;
};

void check_harmless(const Answer& answer) {
  INFO(answer.body());
  switch (code(answer.status())) {
    case 200:
      CHECK(std::find(std::begin(public_bodies), std::end(public_bodies), answer.body()) != std::end(public_bodies));
      break;
    case 308: {
      const std::string_view place = answer.header("Location");
      INFO(place);
      CHECK(place.starts_with('/'));
      CHECK_FALSE(place.starts_with("//"));
      CHECK_FALSE(place.starts_with("/\\"));
      break;
    }
    default: CHECK((answer.status() == Status::not_found || answer.status() == Status::bad_request));
  }
}

/// Asks for files of `/site` in every way that there is.
Task<> visit(Client& client) {
  auto& loop = static_cast<SimLoop&>(client.loop());
  const std::string large(150'000, 'l');
  loop.put_file("/site/page.css", "p {}");
  loop.put_file("/site/page.css.gz", "packed");
  loop.put_file("/site/large.bin", large);
  const auto check = [](const Answer& answer, std::string_view body) {
    INFO(code(answer.status()));
    if (answer.status() == Status::ok) {
      CHECK((answer.body() == body));
    } else if (answer.status() == Status::service_unavailable) {
      CHECK(answer.header("Retry-After") == "1");
    } else {
      CHECK((answer.status() == Status::not_found || answer.status() == Status::internal_server_error));
    }
  };
  const Answer plain = co_await client.get("/static/page.css");
  check(plain, "p {}");
  TestRequest packed{Method::get, "/static/page.css"};
  packed.field("Accept-Encoding", "br, gzip");
  const Answer sibling = co_await client.send(packed);
  check(sibling, sibling.header("Content-Encoding") == "gzip" ? "packed" : "p {}");
  const Answer whole = co_await client.get("/static/large.bin");
  check(whole, large);
  TestRequest parts{Method::get, "/static/large.bin"};
  parts.field("Range", "bytes=0-69999, 140000-");
  const Answer some = co_await client.send(parts);
  if (some.status() != Status::partial_content) check(some, {});
  const Answer head = co_await client.head("/static/large.bin");
  check(head, {});
  const Answer one = co_await client.get("/one");
  check(one, "p {}");
}

void serve_site(App& app) {
  app.on_log([](const LogRecord&) {});
  app.get("/static/{path...}", static_files(Directory::simulated("/site"), {.precompressed = true}));
  app.get("/one", [](Request& request) { return file_response(request, "/site/page.css"); });
}

}  // namespace

TEST_CASE("of random hostile paths none gets a byte from outside of a directory of files", "[web][static]") {
  Site site;
  testing::for_each_seed(20, [&](std::uint64_t seed) {
    const std::vector<std::string> targets = hostile_targets(seed, 100);
    for (const testing::Transport transport : testing::all_transports()) {
      testing::Options options;
      options.transport = transport;
      testing::run(
          site.app,
          [&](Client& client) -> Task<> {
            co_await site.files.load(client);
            for (const std::string& target : targets) {
              INFO("seed " << seed << ", " << target);
              const Answer answer = co_await client.get(target);
              check_harmless(answer);
            }
          },
          options);
    }
  });
}

TEST_CASE("a file for which there is no descriptor is a 503, which may be tried again", "[web][static]") {
  App app;
  serve_site(app);
  int heard = 0;
  app.on_error([&](const ErrorReport&) { ++heard; });
  testing::Options options;
  options.sim.descriptors_max = 3;  // the listener, and the two ends of a connection
  testing::run(
      app,
      [&](Client& client) -> Task<> {
        static_cast<SimLoop&>(client.loop()).put_file("/site/page.css", "p {}");
        for (const char* target : {"/static/page.css", "/one"}) {
          INFO(target);
          const Answer answer = co_await client.get(target);
          CHECK(answer.status() == Status::service_unavailable);
          CHECK(answer.header("Retry-After") == "1");
          CHECK(answer.header("Content-Type") == "application/problem+json");
        }
      },
      options);
  CHECK(heard == 2);
}

TEST_CASE("files of which each operation fails are answered in order, or cut", "[web][static]") {
  App app;
  serve_site(app);
  for (const int error : {0, EIO, EACCES}) {
    CAPTURE(error);
    testing::Options options;
    options.sim.fail_operation.error = error;
    CHECK(testing::fail_each_operation(app, visit, options) > 20);
  }
}

TEST_CASE("files whose client leaves at each operation leave nothing open", "[web][static]") {
  App app;
  serve_site(app);
  CHECK(testing::cancel_each_operation(app, visit) > 20);
}
