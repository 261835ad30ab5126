#include <gyre/wire/path.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace gyre;
using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

/// The path, with "/" behind it if it ends so, or the name of the error.
std::string relative(std::string_view path) {
  std::vector<char> buffer(path.size());
  const Result<RelativePath> result = relative_file_path(path, buffer);
  if (!result) return "(" + std::string(name(result.error().code())) + ")";
  return std::string(result->text) + (result->ends_with_slash ? " /" : "");
}

}  // namespace

TEST_CASE("the path of a file", "[wire][path]") {
  struct Row {
    std::string_view path;
    std::string_view result;
  };
  const Row rows[] = {
      {"/", " /"},
      {"/a", "a"},
      {"/a/", "a /"},
      {"/css/site.css", "css/site.css"},
      {"/a%20b/%C3%A4.txt", "a b/\xc3\xa4.txt"},
      {"/a%2eb", "a.b"},
      {"/..a/b../...", "..a/b../..."},
      {"/.well-known/x", ".well-known/x"},
      {"/a%252e%252e", "a%2e%2e"},
      {"/%252F", "%2F"},
      {"/a:b", "a:b"},
      {"/a+b", "a+b"},
      {"/%20/", "  /"},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    CHECK(relative(row.path) == row.result);
  }
}

TEST_CASE("paths that lead elsewhere are refused in any spelling", "[wire][path]") {
  for (const std::string_view path : {""sv,
                                      "a"sv,
                                      "*"sv,
                                      "//"sv,
                                      "//a"sv,
                                      "/a//b"sv,
                                      "/a//"sv,
                                      "/."sv,
                                      "/.."sv,
                                      "/./"sv,
                                      "/../"sv,
                                      "/a/../b"sv,
                                      "/a/./b"sv,
                                      "/a/.."sv,
                                      "/%2e"sv,
                                      "/%2e%2E"sv,
                                      "/.%2e"sv,
                                      "/%2e./a"sv,
                                      "/a/%2e%2e/%2e%2e/etc/passwd"sv,
                                      "/a%2Fb"sv,
                                      "/%2f"sv,
                                      "/..%2Fetc"sv,
                                      "/%2e%2e%2fetc"sv,
                                      "/a\\b"sv,
                                      "/a%5Cb"sv,
                                      "/..%5c"sv,
                                      "/%00"sv,
                                      "/a%00.html"sv,
                                      "/a\0b"sv,
                                      "/a/%"sv,
                                      "/a/%4"sv,
                                      "/%zz"sv,
                                      "/%u002e"sv,
                                      "/%2e%2e%5c%2e%2e"sv,
                                      "/%2F%2Fetc"sv}) {
    INFO(path);
    CHECK(relative(path) == "(bad_message)");
  }
}

TEST_CASE("a path is copied only if it is escaped", "[wire][path]") {
  const std::string_view path = "/a/b";
  CHECK(relative_file_path(path, {}).value().text.data() == path.data() + 1);
  char buffer[4];
  CHECK(relative_file_path("/%41", buffer).value().text == "A");
  CHECK(relative_file_path("/b%41", buffer).error() == Errc::limit_exceeded);
}

TEST_CASE("names of files, and hidden ones", "[wire][path]") {
  for (const std::string_view name : {""sv, "."sv, ".."sv, "/"sv, "a/b"sv, "a\\b"sv, "\0"sv, "../../etc/passwd"sv}) {
    CHECK_FALSE(is_file_segment(name));
  }
  for (const std::string_view name : {"a"sv, "..."sv, ".a"sv, " "sv, "a\nb"sv, "\xff"sv}) CHECK(is_file_segment(name));
  for (const std::string_view path : {".git"sv, "a/.env"sv, ".well-known/x"sv}) CHECK(has_hidden_segment(path));
  for (const std::string_view path : {""sv, "a"sv, "a.b/c."sv}) CHECK_FALSE(has_hidden_segment(path));
}
