#include <gyre/wire/content_disposition.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <string_view>

using namespace std::string_view_literals;

namespace {

std::string attachment(std::string_view name) {
  std::string out;
  gyre::wire::append_attachment(out, name);
  return out;
}

}  // namespace

TEST_CASE("the name of a download is written in the forms that it needs", "[wire][content_disposition]") {
  struct Case {
    std::string_view name;
    std::string_view value;
  };
  const Case cases[] = {
      {"", "attachment"},
      {"report.pdf", R"(attachment; filename="report.pdf")"},
      {"my report; final.pdf", R"(attachment; filename="my report; final.pdf")"},
      {R"(a"b)", R"(attachment; filename="a_b"; filename*=UTF-8''a%22b)"},
      {"100%.txt", R"(attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt)"},
      {"na\xc3\xafve.txt", R"(attachment; filename="na_ve.txt"; filename*=UTF-8''na%C3%AFve.txt)"},
      {"\xe2\x82\xac rates", R"(attachment; filename="_ rates"; filename*=UTF-8''%E2%82%AC%20rates)"},
      {"\xf0\x9f\x93\x84", R"(attachment; filename="_"; filename*=UTF-8''%F0%9F%93%84)"},
      {"it's (1)*\xc3\xa4", R"(attachment; filename="it's (1)*_"; filename*=UTF-8''it%27s%20%281%29%2A%C3%A4)"},
      {"../../etc/passwd", R"(attachment; filename=".._.._etc_passwd")"},
      {R"(..\a)", R"(attachment; filename=".._a")"},
      {"a\r\nSet-Cookie: x=y", R"(attachment; filename="a__Set-Cookie: x=y")"},
      {"a\0b\x7f"sv, R"(attachment; filename="a_b_")"},
  };
  for (const Case& each : cases) {
    INFO(each.name);
    CHECK(attachment(each.name) == each.value);
  }
}
