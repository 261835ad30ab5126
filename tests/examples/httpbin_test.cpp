#include "httpbin_case.hpp"

#include "endpoints.hpp"

#include <gyre/base/utf8.hpp>
#include <gyre/http/decoder.hpp>
#include <gyre/web/json.hpp>

#include <algorithm>
#include <map>

using namespace httpbin_test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view json = "application/json";
constexpr std::string_view html = "text/html; charset=utf-8";
constexpr std::string_view plain_text = "text/plain; charset=utf-8";
constexpr std::string_view octets = "application/octet-stream";
constexpr std::string_view problem = "application/problem+json";

TestRequest with_body(Method method, std::string_view target, std::string_view body, std::string_view type) {
  TestRequest request{method, target};
  request.body(body, type);
  return request;
}

TestRequest with_field(std::string_view target, std::string_view name, std::string_view value) {
  TestRequest request{Method::get, target};
  request.field(name, value);
  return request;
}

std::string unpacked(gyre::Coding coding, std::string_view packed) {
  gyre::Decoder decoder{coding};
  std::string text;
  for (bool done = false; !done;) {
    char room[1024];
    const gyre::Result<gyre::CodingStep> step = decoder.step(packed, room);
    REQUIRE(step);
    REQUIRE((step->used != 0 || step->made != 0));
    packed.remove_prefix(step->used);
    text.append(room, step->made);
    done = step->done;
  }
  return text;
}

}  // namespace

TEST_CASE("a request comes back as JSON", "[httpbin]") {
  constexpr std::string_view form = "application/x-www-form-urlencoded";
  check_all({
      {with_field("/get?a=1&a=2&b=%C3%A9", "x-UPPER-lower", "v"),
       200,
       {{"content-type", json}},
       {R"("args":{"a":["1","2"],"b":"é"})", R"("X-Upper-Lower":"v")", R"("origin":")", R"(/get?a=1&a=2&b=%C3%A9"})"}},
      {with_field("/get", "Host", "service.example:81"), 200, {}, {R"("url":"http://service.example:81/get")"}},
      {get("/get?a=%zz"), 400, {{"content-type", problem}}},
      {with_body(Method::post, "/post", R"({"x": [1, 2]})", json),
       200,
       {},
       {R"("data":"{\"x\": [1, 2]}")", R"("json":{"x":[1,2]})", R"("form":{})", R"("files":{})", R"("args":{})"}},
      {with_body(Method::post, "/post", "plain", "text/plain"), 200, {}, {R"("data":"plain")", R"("json":null)"}},
      {with_body(Method::post, "/post", "\xff\xfe", {}),
       200,
       {},
       {R"("data":"data:application/octet-stream;base64,//4=")"}},
      {with_body(Method::post, "/post", "a=1&b=x+y&a=2", form),
       200,
       {},
       {R"("data":"")", R"("form":{"a":["1","2"],"b":"x y"})", R"("json":null)"}},
      {with_body(Method::post, "/post", "a=%", form), 400},
      {with_body(Method::put, "/put?a", "p", "text/plain"), 200, {}, {R"("args":{"a":""})", R"("data":"p")"}},
      {with_body(Method::patch, "/patch", "p", "text/plain"), 200, {}, {R"("data":"p")"}},
      {with_body(Method::delete_, "/delete", "", {}), 200, {}, {R"("data":"")"}},
      {with_body(Method::put, "/get", "", {}), 405, {{"allow", "GET, HEAD, OPTIONS"}}},
      {get("/anything"), 200, {}, {R"("method":"GET")", R"("data":"")"}},
      {with_body(Method::delete_, "/anything/at/all?b=1", "d", "text/plain"),
       200,
       {},
       {R"("method":"DELETE")", R"("data":"d")", R"("args":{"b":"1"})", "/anything/at/all?b=1"}},
      {with_body(Method::post, "/echo", "<p>as it came", "text/html"),
       200,
       {{"content-type", "text/html"}, {"x-content-type-options", "nosniff"}},
       {"<p>as it came"}},
      {with_body(Method::post, "/echo", "x", {}), 200, {{"content-type", octets}}, {"x"}},
      {get("/users/7"), 200, {{"content-type", json}}, {R"({"id":7,"name":"user 7"})"}},
      {get("/users/ada"), 400, {{"content-type", problem}}, {"must be an integer"}},
      {get("/no-such-page"), 404, {{"content-type", problem}}},
  });
}

TEST_CASE("a form with files comes back as JSON", "[httpbin]") {
  constexpr std::string_view type = "multipart/form-data; boundary=b";
  constexpr std::string_view body =
      "--b\r\nContent-Disposition: form-data; name=\"k\"\r\n\r\nv\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"k\"\r\n\r\nw\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.txt\"\r\n\r\ntext\r\n"
      "--b\r\nContent-Disposition: form-data; name=\"g\"; filename=\"g.png\"\r\nContent-Type: image/png\r\n\r\n\xff\r\n"
      "--b--\r\n";
  check_all({
      {with_body(Method::post, "/post", body, type),
       200,
       {},
       {R"("data":"")", R"("files":{"f":"text","g":"data:image/png;base64,/w=="})", R"("form":{"k":["v","w"]})"}},
      {with_body(Method::post, "/post", body.substr(0, 100), type), 400, {{"content-type", problem}}},
      {with_body(Method::post, "/post", body, "multipart/form-data"), 400, {{"content-type", problem}}},
  });
}

TEST_CASE("what arrives is shown", "[httpbin]") {
  check_all({
      {with_field("/headers", "x-tide", "high"), 200, {}, {R"({"headers":{"Host":)", R"("X-Tide":"high")"}},
      {get("/ip"), 200, {}, {R"({"origin":")"}},
      {with_field("/user-agent", "User-Agent", "ship/1"), 200, {}, {R"({"user-agent":"ship/1"})"}},
      {get("/user-agent"), 200, {}, {R"({"user-agent":null})"}},
  });
}

TEST_CASE("statuses are answered as asked for", "[httpbin]") {
  check_all({
      {get("/status/204"), 204},
      {{Method::delete_, "/status/503"}, 503},
      {get("/status/302"), 302, {{"location", "/redirect/1"}}},
      {get("/status/401"), 401, {{"www-authenticate", R"(Basic realm="httpbin")"}}},
      {get("/status/407"), 407, {{"proxy-authenticate", R"(Basic realm="httpbin")"}}},
      {get("/status/406"), 406, {{"content-type", json}}, {R"("accept":["image/webp")", R"("message":)"}},
      {get("/status/418"), 418, {{"content-type", plain_text}}, {"teapot"}},
      {get("/status/299:0,298:1"), 298},
      {get("/status/299:0"), 299},
      {get("/status/100"), 400},
      {get("/status/600"), 400},
      {get("/status/200:x"), 400},
      {get("/status/200:-1"), 400},
      {get("/status/200,,404"), 400, {{"content-type", problem}}, {"such as 404"}},
  });
}

TEST_CASE("one of several statuses is chosen by weight", "[httpbin]") {
  run([](Client& client) -> Task<> {
    int errors = 0;
    for (int round = 0; round < 400; ++round) {
      const Answer answer = co_await client.get("/status/200:3,500:1");
      errors += answer.status() == Status::internal_server_error ? 1 : 0;
    }
    CHECK(errors > 50);
    CHECK(errors < 150);
  });
}

TEST_CASE("fields of the query cannot make a page of what they say", "[httpbin]") {
  run([](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/response-headers?Content-Type=text/html&x=%3Cscript%3E%22");
    CHECK(answer.header("content-type") == "text/html");
    CHECK(answer.header("x") == "<script>\"");
    CHECK(answer.body().find('<') == std::string::npos);
    std::map<std::string, std::string> shown;
    const bool is_json = static_cast<bool>(gyre::from_json(answer.body(), shown));
    REQUIRE(is_json);
    CHECK(shown["x"] == "<script>\"");
    CHECK(shown["Content-Length"] == std::to_string(answer.body().size()));
  });
}

TEST_CASE("a long drip is not held in memory", "[httpbin]") {
  run([](Client& client) -> Task<> {
    const Answer large = co_await client.get("/drip?duration=0&numbytes=1000000");
    CHECK((large.body() == std::string(1'000'000, '*')));
    const Answer letters = co_await client.get("/range/102400?chunk_size=102400");
    REQUIRE(letters.body().size() == 102'400);
    bool in_order = true;
    for (std::size_t index = 0; index < letters.body().size(); ++index) {
      in_order = in_order && letters.body()[index] == static_cast<char>('a' + index % 26);
    }
    CHECK(in_order);
  });
}

TEST_CASE("delays and drips take the time that was asked for", "[httpbin]") {
  run([](Client& client) -> Task<> {
    const Answer delayed = co_await client.post("/delay/1.5", "late");
    CHECK(delayed.elapsed() == 1500ms);
    CHECK(delayed.body().find(R"("data":"late")") != std::string::npos);
    const Answer longest = co_await client.get("/delay/99");
    CHECK(longest.elapsed() == 10s);
    const gyre::TimePoint begin = client.loop().now();
    const Answer dripped = co_await client.get("/drip?duration=2&numbytes=4&code=203&delay=1");
    CHECK(dripped.elapsed() == 1s);
    CHECK(client.loop().now() - begin == 2500ms);  // not the pause behind the last byte: the length is known
    CHECK(dripped.body() == "****");
    CHECK(code(dripped.status()) == 203);
    CHECK(dripped.header("content-length") == "4");
    const Answer large = co_await client.get("/drip?duration=0.5&numbytes=100000");
    CHECK(large.body() == std::string(100'000, '*'));
    const Answer refused = co_await client.get("/drip?numbytes=0&delay=11");
    CHECK(refused.status() == Status::bad_request);
    CHECK(refused.body().find(R"("parameter":"delay")") != std::string::npos);
  });
}

TEST_CASE("a stream is lines of JSON", "[httpbin]") {
  run([](Client& client) -> Task<> {
    const Answer three = co_await client.get("/stream/3?a=1");
    CHECK(three.chunked());
    CHECK(three.header("content-type") == json);
    CHECK(std::count(three.body().begin(), three.body().end(), '\n') == 3);
    CHECK(three.body().find(R"({"args":{"a":"1"})") == 0);
    CHECK(three.body().find(R"("id":2})") != std::string::npos);
    const Answer most = co_await client.get("/stream/1000");
    CHECK(std::count(most.body().begin(), most.body().end(), '\n') == 100);
    const Answer none = co_await client.get("/stream/-1");
    CHECK(none.body().empty());
  });
}

TEST_CASE("random bytes are the same for the same seed", "[httpbin]") {
  run([](Client& client) -> Task<> {
    const Answer first = co_await client.get("/bytes/1000?seed=7");
    CHECK(first.body().size() == 1000);
    CHECK(first.header("content-type") == octets);
    const Answer streamed = co_await client.get("/stream-bytes/1000?seed=7&chunk_size=64");
    CHECK(streamed.chunked());
    CHECK(streamed.body() == first.body());
    const Answer other = co_await client.get("/bytes/1000?seed=8");
    CHECK(other.body() != first.body());
    const Answer one = co_await client.get("/bytes/1000");
    const Answer another = co_await client.get("/bytes/1000");
    CHECK(one.body() != another.body());
    const Answer most = co_await client.get("/bytes/1000000");
    CHECK(most.body().size() == 102'400);
    const Answer refused = co_await client.get("/stream-bytes/10?chunk_size=0");
    CHECK(refused.status() == Status::bad_request);
  });
}

TEST_CASE("ranges of letters", "[httpbin]") {
  TestRequest stale = with_field("/range/26", "Range", "bytes=3-7");
  stale.field("If-Range", "\"older\"");
  check_all({
      {get("/range/28"), 200, {{"etag", "\"range28\""}, {"accept-ranges", "bytes"}}, {"abcdefghijklmnopqrstuvwxyzab"}},
      {with_field("/range/26", "Range", "bytes=3-7"),
       206,
       {{"content-range", "bytes 3-7/26"}, {"content-length", "5"}},
       {"defgh"}},
      {with_field("/range/26", "Range", "bytes=-2"), 206, {{"content-range", "bytes 24-25/26"}}, {"yz"}},
      {with_field("/range/26", "Range", "bytes=26-"), 416, {{"content-range", "bytes */26"}}},
      {with_field("/range/26", "Range", "bytes=0-1,5-6"), 200, {{"content-length", "26"}}},
      {stale, 200, {{"content-length", "26"}}},
      {with_field("/range/26", "If-None-Match", "\"range26\""), 304, {{"etag", "\"range26\""}}},
      {with_field("/range/26", "If-Match", "\"range25\""), 412},
      {get("/range/26?duration=1&chunk_size=13"), 200, {}, {"abcdefghijklmnopqrstuvwxyz"}},
      {get("/range/0"), 404},
      {get("/range/102401"), 404},
  });
}

TEST_CASE("redirects and links", "[httpbin]") {
  check_all({
      {get("/redirect/3"), 302, {{"location", "/relative-redirect/2"}}},
      {get("/redirect/1"), 302, {{"location", "/get"}}},
      {with_field("/redirect/2?absolute=true", "Host", "a"), 302, {{"location", "http://a/absolute-redirect/1"}}},
      {get("/relative-redirect/2"), 302, {{"location", "/relative-redirect/1"}}},
      {with_field("/absolute-redirect/1", "Host", "a"), 302, {{"location", "http://a/get"}}},
      {get("/redirect/0"), 400},
      {get("/redirect-to?url=https%3A%2F%2Fexample.com%2F"), 302, {{"location", "https://example.com/"}}},
      {with_body(Method::post, "/redirect-to?url=/post&status_code=307", "x", {}), 307, {{"location", "/post"}}},
      {get("/redirect-to?url=%0d%0aSet-Cookie:x"), 400},
      {get("/redirect-to?url=/&status_code=200"), 400},
      {get("/redirect-to"), 400, {}, {R"("parameter":"url")"}},
      {get("/links/3"), 302, {{"location", "/links/3/0"}}},
      {get("/links/3/1"), 200, {{"content-type", html}}, {"<a href=\"/links/3/0\">0</a>\n1\n<a href=\"/links/3/2\">"}},
  });
}

TEST_CASE("cookies are shown, set and removed", "[httpbin]") {
  check_all({
      {with_field("/cookies", "Cookie", "a=1; b=2"), 200, {}, {R"({"cookies":{"a":"1","b":"2"}})"}},
      {get("/cookies"), 200, {}, {R"({"cookies":{}})"}},
      {get("/cookies/set?a=1"), 302, {{"location", "/cookies"}, {"set-cookie", "a=1; Path=/"}}},
      {get("/cookies/set/tide/low"), 302, {{"location", "/cookies"}, {"set-cookie", "tide=low; Path=/"}}},
      {get("/cookies/delete?a"),
       302,
       {{"location", "/cookies"}, {"set-cookie", "a=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"}}},
      {get("/cookies/set?a=%0d%0ab"), 400, {{"content-type", problem}}, {"must be encoded"}},
  });
}

TEST_CASE("caches, entity tags and fields of the client's choice", "[httpbin]") {
  check_all({
      {get("/cache"),
       200,
       {{"etag", "\"httpbin\""}, {"last-modified", "Thu, 01 Jan 2026 00:00:00 GMT"}},
       {R"("url":)"}},
      {with_field("/cache", "If-None-Match", "\"x\""), 304},
      {with_field("/cache", "If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"), 304},
      {get("/cache/60"), 200, {{"cache-control", "public, max-age=60"}}},
      {get("/etag/shell"), 200, {{"etag", "\"shell\""}}, {R"("args":{})"}},
      {with_field("/etag/shell", "If-None-Match", "\"a\", W/\"shell\""), 304, {{"etag", "\"shell\""}}},
      {with_field("/etag/shell", "If-Match", "\"a\""), 412},
      {with_field("/etag/shell", "If-Match", "*"), 200},
      {get("/etag/%22"), 400},
      {get("/response-headers?X-Tide=high&X-Moon=full&X-Moon=new"),
       200,
       {{"x-tide", "high"}, {"x-moon", "full"}},
       {R"("X-Moon":["full","new"],"X-Tide":"high"})", R"("Content-Type":"application/json")"}},
      {{Method::post, "/response-headers?Content-Type=text/plain"}, 200, {{"content-type", "text/plain"}}},
      {get("/response-headers?Content-Length=7"), 400},
      {get("/response-headers?X=%0d%0aY:z"), 400},
  });
}

TEST_CASE("response-headers tells its own length", "[httpbin]") {
  run([](Client& client) -> Task<> {
    for (int size = 0; size < 120; ++size) {
      const Answer answer =
          co_await client.get("/response-headers?X=" + std::string(static_cast<std::size_t>(size), 'x'));
      const std::string length = std::to_string(answer.body().size());
      CHECK(answer.body().find("\"Content-Length\":\"" + length + "\"") != std::string::npos);
    }
  });
}

TEST_CASE("packed answers", "[httpbin]") {
  run([](Client& client) -> Task<> {
    struct Packed {
      const char* target;
      gyre::Coding coding;
      std::string_view part;
    };
    for (const Packed& each : {Packed{"/gzip", gyre::Coding::gzip, R"({"gzipped":true,"headers":{)"},
                               Packed{"/deflate", gyre::Coding::deflate, R"({"deflated":true,"headers":{)"},
                               Packed{"/brotli", gyre::Coding::brotli, R"({"brotli":true,"headers":{)"}}) {
      INFO(each.target);
      const Answer answer = co_await client.get(each.target);
      CHECK(answer.header("content-encoding") == name(each.coding));
      const std::string plain = unpacked(each.coding, answer.body());
      CHECK(plain.find(each.part) == 0);
      CHECK(plain.find(R"("method":"GET","origin":")") != std::string::npos);
    }
  });
}

TEST_CASE("identifiers and base64", "[httpbin]") {
  check_all({
      {get("/base64/aHR0cGJpbg=="), 200, {{"content-type", plain_text}}, {"httpbin"}},
      {get("/base64/aHR0cGJpbg"), 200, {}, {"httpbin"}},
      {get("/base64/-_-_"), 200, {}, {"\xfb\xff\xbf"}},
      {get("/base64/+%2F+%2F"), 200, {}, {"\xfb\xff\xbf"}},
      {get("/base64/a"), 400, {{"content-type", problem}}},
  });
  run([](Client& client) -> Task<> {
    const Answer answer = co_await client.get("/uuid");
    const std::string body = answer.body();
    REQUIRE(body.size() == 47);
    CHECK(body[9 + 14] == '4');
    CHECK(std::string_view{"89ab"}.find(body[9 + 19]) != std::string_view::npos);
    const Answer another = co_await client.get("/uuid");
    CHECK(body != another.body());
  });
}

TEST_CASE("formats and images", "[httpbin]") {
  check_all({
      {get("/json"), 200, {{"content-type", json}}, {R"({"slideshow":{"author":)", R"("items":[)"}},
      {get("/xml"), 200, {{"content-type", "application/xml"}}, {"<?xml version=", "<slideshow title="}},
      {get("/html"), 200, {{"content-type", html}}, {"<h1>"}},
      {get("/encoding/utf8"), 200, {{"content-type", html}}, {"海はめぐる"}},
      {get("/forms/post"), 200, {{"content-type", html}}, {"action=\"/post\"", "name=\"custname\""}},
      {get("/robots.txt"), 200, {{"content-type", plain_text}}, {"Disallow: /deny"}},
      {get("/deny"), 200, {{"content-type", plain_text}}, {"NO ENTRY"}},
      {get("/image"), 200, {{"content-type", "image/png"}, {"vary", "Accept"}}, {"\x89PNG\r\n"}},
      {with_field("/image", "Accept", "image/webp"), 200, {{"content-type", "image/webp"}}, {"WEBPVP8"}},
      {with_field("/image", "Accept", "image/*;q=0.5, image/jpeg"), 200, {{"content-type", "image/jpeg"}}},
      {with_field("/image", "Accept", "text/html"), 406},
      {get("/image/png"), 200, {{"content-type", "image/png"}}, {"IEND"}},
      {get("/image/jpeg"), 200, {{"content-type", "image/jpeg"}}, {"\xff\xd8\xff"}},
      {get("/image/webp"), 200, {{"content-type", "image/webp"}}, {"RIFF"}},
      {get("/image/svg"), 200, {{"content-type", "image/svg+xml"}}, {"<svg xmlns=", "</svg>"}},
  });
}

TEST_CASE("the start page lists every route, and its examples answer", "[httpbin]") {
  run([](Client& client) -> Task<> {
    const Answer page = co_await client.get("/");
    CHECK(page.header("content-type") == html);
    CHECK(page.header("content-security-policy").find("default-src 'none'") == 0);
    CHECK(gyre::is_utf8(page.body()));
    gyre::App app;
    httpbin::add_routes(app);
    for (const gyre::RouteInfo& route : app.routes()) {
      const std::string pattern{route.pattern};
      if (pattern == "/" || pattern == "/anything" || pattern == "/links/{count}") continue;
      INFO(pattern);
      CHECK(page.body().find("<code>" + pattern + "</code>") != std::string::npos);
    }
    for (const httpbin::EndpointGroup& group : httpbin::endpoint_groups()) {
      for (const httpbin::EndpointLine& line : group.lines) {
        INFO(line.example);
        const TestRequest request{line.method == "ANY" ? "GET" : line.method, line.example};
        const Answer answer = co_await client.send(request);
        const bool refuses = line.text.find("404 without") != std::string_view::npos;
        CHECK((answer.status() == Status::not_found) == refuses);
        CHECK(answer.status() != Status::bad_request);
        CHECK(answer.status() != Status::method_not_allowed);
      }
    }
  });
}
