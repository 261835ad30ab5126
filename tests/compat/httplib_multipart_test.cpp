#include <gyre/compat/internal/httplib_multipart.hpp>
#include <gyre/compat/internal/httplib_ranges.hpp>

#include <catch2/catch.hpp>

#include <string>

using gyre::compat::httplib::MultipartFormData;
using gyre::compat::httplib::Ranges;
using gyre::compat::httplib::internal::content_range;
using gyre::compat::httplib::internal::MultipartReader;
using gyre::compat::httplib::internal::slice_of;
using gyre::compat::httplib::internal::slices_of;

namespace {

/// Reads it in pieces of that size; the parts as text, and "!" if it is refused or not complete.
std::string read(const std::string& body, std::size_t piece) {
  MultipartReader reader{"xx"};
  std::string text;
  const auto head = [&](const MultipartFormData& part) {
    text += "[" + part.name + "|" + part.filename + "|" + part.content_type + "]";
    return true;
  };
  const auto content = [&](const char* data, std::size_t size) {
    text.append(data, size);
    return true;
  };
  bool good = true;
  for (std::size_t at = 0; at < body.size() && good; at += piece) {
    good = reader.take(std::string_view{body}.substr(at, piece), content, head);
  }
  return good && reader.complete() ? text : text + "!";
}

}  // namespace

TEST_CASE("a form is the same in pieces of any size", "[httplib]") {
  const std::string body =
      "preamble\r\n--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--xy\r\n--xx\r\n"
      "content-disposition: FORM-DATA; name=\"b\"; filename=\"f.txt\"\r\nContent-Type: text/x \r\n\r\n\r\n--xx--\r\n"
      "epilogue";
  for (std::size_t piece = 1; piece <= body.size(); ++piece) {
    INFO(piece);
    CHECK(read(body, piece) == "[a||]one\r\n--xy[b|f.txt|text/x]");
  }
}

TEST_CASE("what is no form is refused", "[httplib]") {
  CHECK(read("", 1) == "!");
  CHECK(read("--xx--\r\n", 3) == "!");
  CHECK(read("--xx\r\n\r\nvalue\r\n--xx--", 100) == "[||]value!");
  CHECK(read("--xx\r\nX: " + std::string(9000, 'x') + "\r\n\r\n\r\n--xx--\r\n", 5000) == "!");
  CHECK(read("--xx\r\n" + std::string(9000, 'x'), 100) == "!");
}

TEST_CASE("ranges are cut at the end of the body", "[httplib]") {
  CHECK(slice_of({0, 4}, 10)->length == 5);
  CHECK(slice_of({5, 100}, 10)->length == 5);
  CHECK(slice_of({-1, 3}, 10)->offset == 7);
  CHECK(slice_of({-1, 100}, 10)->offset == 0);
  CHECK(slice_of({-1, -1}, 10)->length == 10);
  CHECK_FALSE(slice_of({10, -1}, 10).has_value());
  CHECK_FALSE(slice_of({-1, 0}, 10).has_value());
  CHECK(content_range({5, 100}, 10) == "bytes 5-9/10");
  CHECK(content_range({10, 20}, 10) == "bytes 10-20/10");
  CHECK(slices_of(Ranges(2, {0, -1}), 10)->size() == 2);
  CHECK_FALSE(slices_of(Ranges(3, {0, -1}), 10).has_value());
  CHECK_FALSE(slices_of(Ranges(257, {0, 0}), 1'000'000).has_value());
}

TEST_CASE("a form that has gone wrong is not kept", "[httplib]") {
  MultipartReader reader{"xx"};
  const auto head = [](const MultipartFormData&) { return true; };
  const auto content = [](const char*, std::size_t) { return true; };
  const std::string good = "--xx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--xx";
  CHECK(reader.take(good, content, head));
  CHECK(reader.take("-", content, head));
  CHECK_FALSE(reader.take("x", content, head));
}
