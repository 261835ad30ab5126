#include <gyre/net/address_range.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace gyre;

namespace {

SocketAddress address(const char* text) {
  if (std::string_view{text} == "unix") return Endpoint::unix_unnamed().address();
  if (text[0] == '/' || text[0] == '@') return Endpoint::unix_path(text).value().address();
  return Endpoint::ip(text, 4711).value().address();
}

}  // namespace

TEST_CASE("an address is in a range or not", "[net][address_range]") {
  struct Row {
    const char* range;
    const char* inside;
    const char* outside;
  };
  const Row rows[] = {
      {"10.0.0.0/8", "10.255.0.1", "11.0.0.0"},
      {"10.0.0.0/8", "::ffff:10.1.2.3", "::10.1.2.3"},
      {"192.0.2.0/25", "192.0.2.127", "192.0.2.128"},
      {"192.0.2.7/32", "192.0.2.7", "192.0.2.6"},
      {"192.0.2.7", "192.0.2.7", "192.0.2.5"},
      {"0.0.0.0/0", "255.1.2.3", "::1"},
      {"::1/128", "::1", "::2"},
      {"::1", "::1", "127.0.0.1"},
      {"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::"},
      {"::/0", "fe80::1", "10.0.0.1"},
      {"::/0", "::1", "::ffff:10.0.0.1"},
      {"::ffff:10.0.0.0/104", "10.9.9.9", "11.0.0.1"},
      {"::ffff:0:0/96", "1.2.3.4", "::1"},
      {"unix", "/run/app.sock", "127.0.0.1"},
      {"unix", "unix", "::1"},
      {"unix", "@abstract", "::"},
      {"10.0.0.0/8", "10.0.0.0", "unix"},
  };
  for (const Row& row : rows) {
    INFO(row.range);
    const Result<AddressRange> range = AddressRange::parse(row.range);
    REQUIRE(range.has_value());
    CHECK(range->contains(address(row.inside)));
    CHECK_FALSE(range->contains(address(row.outside)));
    CHECK_FALSE(range->contains(SocketAddress{}));
    const Result<AddressRange> again = AddressRange::parse(range->text());
    REQUIRE(again.has_value());
    CHECK(again->text() == range->text());
    CHECK(again->contains(address(row.inside)));
  }
}

TEST_CASE("what is no range is refused", "[net][address_range]") {
  for (const char* text : {"",
                           "/",
                           "10",
                           "10.0.0.0/",
                           "10.0.0.0/33",
                           "10.0.0.0/08",
                           "10.0.0.0/-1",
                           "10.0.0.0/+8",
                           "10.0.0.0/8 ",
                           " 10.0.0.0/8",
                           "10.0.0.0/8/8",
                           "10.0.0.0/255.0.0.0",
                           "10.0.0.1/8",
                           "10.0.0/8",
                           "::/129",
                           "::1/0",
                           "2001:db8:4000::/33",
                           "::ffff:10.0.0.1/104",
                           "[::1]",
                           "::1%1",
                           "unix/0",
                           "UNIX",
                           "/run/app.sock",
                           "localhost",
                           "10.0.0.0/4294967304"}) {
    CAPTURE(text);
    const Result<AddressRange> range = AddressRange::parse(text);
    REQUIRE_FALSE(range.has_value());
    CHECK(range.error() == Errc::address_invalid);
  }
}

TEST_CASE("a list of ranges", "[net][address_range]") {
  AddressRanges ranges{"10.0.0.0/8", "::1", "unix"};
  CHECK_FALSE(ranges.empty());
  CHECK(ranges.contains(address("10.1.1.1")));
  CHECK(ranges.contains(address("::1")));
  CHECK(ranges.contains(address("unix")));
  CHECK_FALSE(ranges.contains(address("192.0.2.1")));
  ranges.add(AddressRange::parse("192.0.2.0/24").value());
  CHECK(ranges.contains(address("192.0.2.1")));
  CHECK(AddressRanges{}.empty());
  CHECK_FALSE(AddressRanges{}.contains(address("10.1.1.1")));
  CHECK_THROWS_AS((AddressRanges{"10.0.0.0/8", "10.0.0.0/9/9"}), Failure);
}

TEST_CASE("endpoints from bytes, and their bytes", "[net][endpoint]") {
  for (const char* text : {"192.0.2.7", "2001:db8::7"}) {
    const Endpoint endpoint = Endpoint::ip(text, 80).value();
    CHECK(endpoint.ip_bytes().size() == (endpoint.host().size() == 9 ? 4U : 16U));
    const Result<Endpoint> same = Endpoint::ip(endpoint.ip_bytes(), 80);
    REQUIRE(same.has_value());
    CHECK(same->address() == endpoint.address());
  }
  CHECK(Endpoint::unix_path("/a").value().ip_bytes().empty());
  CHECK(Endpoint::unix_unnamed().is_unix());
  CHECK(Endpoint::unix_unnamed().host().empty());
  CHECK_FALSE(Endpoint::ip(as_bytes("abcde"), 80).has_value());
  CHECK_FALSE(Endpoint::ip(Bytes{}, 80).has_value());
  CHECK(Endpoint{SocketAddress{}}.ip_bytes().empty());
}
