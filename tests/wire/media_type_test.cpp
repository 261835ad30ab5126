#include <gyre/wire/media_type.hpp>

#include <catch2/catch.hpp>

#include <string_view>

using namespace gyre::wire;
using namespace std::string_view_literals;

TEST_CASE("a media type and its parameters", "[wire][media_type]") {
  const auto type = parse_media_type(" Text/HTML ;charset=\"utf-8\"; x=1 ");
  REQUIRE(type);
  CHECK(type->type == "Text");
  CHECK(type->subtype == "HTML");
  CHECK(type->is("text/html"));
  CHECK_FALSE(type->is("text/htm"));
  CHECK_FALSE(type->is("text/html;"));
  CHECK_FALSE(type->is("texthtml"));
  CHECK_FALSE(type->is("texth/tml"));
  CHECK(type->parameter("CHARSET") == "\"utf-8\"");
  CHECK(type->parameter("x") == "1");
  CHECK_FALSE(type->parameter("y"));
  CHECK(parse_media_type("application/vnd.api+json")->parameters.empty());
  CHECK(parse_media_type("text/plain;")->is("text/plain"));
}

TEST_CASE("what is no media type", "[wire][media_type]") {
  for (const std::string_view text :
       {""sv, " "sv, "text"sv, "text/"sv, "/html"sv, "text /html"sv, "text/ html"sv, "text/html/x"sv, "text/html x"sv,
        "text/html, text/plain"sv, "text/html;charset"sv, "text/html;charset="sv, "text/html; a=1; a=2"sv,
        "text/html; a=1; A=2"sv, "text/html; charset=\"utf-8"sv, "text/h\xc3\xa4"sv, "text/html\0"sv,
        "text/html;a=b\r\nX: y"sv}) {
    INFO(text);
    CHECK_FALSE(parse_media_type(text));
  }
}

TEST_CASE("files have a type by their extension", "[wire][media_type]") {
  CHECK(media_type_of_extension("html") == "text/html");
  CHECK(media_type_of_extension("HTML") == "text/html");
  CHECK(media_type_of_extension("3gp") == "video/3gpp");
  CHECK(media_type_of_extension("zst") == "application/zstd");
  CHECK(media_type_of_extension("webmanifest") == "application/manifest+json");
  CHECK(media_type_of_extension("woff2") == "font/woff2");
  for (const std::string_view text : {""sv, "."sv, ".html"sv, "htmlx"sv, "webmanifestx"sv, "unknown"sv, "\xc3\xa4"sv}) {
    CHECK(media_type_of_extension(text).empty());
  }
  CHECK(media_type_of_file("index.html") == "text/html");
  CHECK(media_type_of_file("css/site.min.CSS") == "text/css");
  CHECK(media_type_of_file("archive.tar.gz") == "application/gzip");
  for (const std::string_view path : {""sv, "README"sv, ".html"sv, "a.html/b"sv, "a/.html"sv, "a."sv, "a.b/"sv}) {
    INFO(path);
    CHECK(media_type_of_file(path).empty());
  }
}
