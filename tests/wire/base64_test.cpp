#include <gyre/wire/base64.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace gyre;
using namespace gyre::wire;
using namespace std::string_view_literals;

namespace {

/// The decoded text, or the name of the error.
std::string decode(std::string_view text, Base64 form) {
  std::vector<std::byte> buffer(base64_decoded_bound(text.size()));
  const Result<Bytes> bytes = decode_base64(text, form, buffer);
  return bytes ? std::string(as_text(*bytes)) : "(" + std::string(name(bytes.error().code())) + ")";
}

std::string encode(std::string_view text, Base64 form) {
  std::string out = "x";
  append_base64(out, as_bytes(text), form);
  return out.substr(1);
}

}  // namespace

TEST_CASE("base64 in both forms, as RFC 4648 10 has it", "[wire][base64]") {
  struct Row {
    std::string_view bytes;
    std::string_view standard;
    std::string_view url;
  };
  const Row rows[] = {
      {"", "", ""},
      {"f", "Zg==", "Zg"},
      {"fo", "Zm8=", "Zm8"},
      {"foo", "Zm9v", "Zm9v"},
      {"foob", "Zm9vYg==", "Zm9vYg"},
      {"fooba", "Zm9vYmE=", "Zm9vYmE"},
      {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
      {"\xfb\xff\xfe"sv, "+//+", "-__-"},
      {"\0\0\0\0"sv, "AAAAAA==", "AAAAAA"},
  };
  for (const Row& row : rows) {
    INFO(row.standard);
    CHECK(encode(row.bytes, Base64::standard) == row.standard);
    CHECK(encode(row.bytes, Base64::url) == row.url);
    CHECK(decode(row.standard, Base64::standard) == row.bytes);
    CHECK(decode(row.url, Base64::url) == row.bytes);
  }
}

TEST_CASE("no two texts of base64 mean the same bytes", "[wire][base64]") {
  for (const std::string_view text :
       {"Z"sv,        "Zg"sv,       "Zg="sv,   "Zg==="sv,   "Zh=="sv,     "Zm9="sv,  "Zm8"sv,    "Zm8=="sv,
        "Zm9v="sv,    "Zm9v===="sv, "===="sv,  "="sv,       "Zg==Zg=="sv, "Zm 9v"sv, "Zm9v\n"sv, " Zm9v"sv,
        "Zm9v\r\n"sv, "Zm-_"sv,     "Zm9\0"sv, "Zm9\xc3"sv, "=Zg="sv,     "Z=g="sv}) {
    INFO(text);
    CHECK(decode(text, Base64::standard) == "(bad_message)");
  }
  for (const std::string_view text : {"Z"sv, "Zh"sv, "Zm9"sv, "Zg=="sv, "Zm8="sv, "+//+"sv, "Zm9vY"sv, "Zm.v"sv}) {
    INFO(text);
    CHECK(decode(text, Base64::url) == "(bad_message)");
  }
}

TEST_CASE("every byte survives base64, and a small buffer is an error", "[wire][base64]") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
    for (const Base64 form : {Base64::standard, Base64::url}) CHECK(decode(encode(bytes, form), form) == bytes);
  }
  std::byte small[2];
  CHECK(decode_base64("Zm9v", Base64::standard, small).error() == Errc::limit_exceeded);
  CHECK(decode_base64("Zm8=", Base64::standard, small).has_value());
}
