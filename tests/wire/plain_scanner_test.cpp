#include "head_cases.hpp"
#include "parse_support.hpp"

#include <gyre/wire/h1/internal/beast_head.hpp>
#include <gyre/wire/h1/internal/head_lines.hpp>
#include <gyre/wire/h1/internal/head_rules.hpp>
#include <gyre/wire/h1/internal/plain_scanner.hpp>
#include <gyre/wire/internal/byte_scan.hpp>

#include <catch2/catch.hpp>

#include <string>

using namespace gyre;
using namespace gyre::wire;
using internal::HeadAccess;
using internal::ScalarScan;
using internal::Scan;

namespace {

enum class Way { scanner, scalar, beast };

/// The head as one of the three ways reads it, after the shared check; "unread" if that way does not take it.
std::string read(std::string_view bytes, Way way) {
  Parsed parsed;
  internal::HeadData& data = HeadAccess::data(parsed.head);
  HeadProgress progress;
  if (way == Way::beast) {
    if (internal::check_head_lines(bytes, {}, progress).state != HeadState::complete) return "unread";
    const std::string_view head = bytes.substr(0, progress.scanned);
    if (internal::read_head_with_beast(head, progress.head_begin, data) != HeadError::none) return "unread";
    if (internal::split_target(data) != HeadError::none) return "unread";
  } else {
    const auto scan = way == Way::scanner ? internal::scan_plain_head : internal::scan_plain_head_scalar;
    if (!scan(bytes, 0, {}, data)) return "unread";
  }
  const HeadError error = internal::check_head(data);
  return error == HeadError::none ? describe(parsed.head) : std::string(describe(error));
}

}  // namespace

TEST_CASE("scanner, scalar twin and Beast read the same head", "[wire][scanner]") {
  int plain = 0;
  for (const HeadCase& given : head_cases::accepted) {
    INFO(given.what);
    const std::string scanned = read(given.bytes, Way::scanner);
    CHECK(scanned == read(given.bytes, Way::scalar));
    if (scanned == "unread") continue;
    ++plain;
    CHECK(scanned == read(given.bytes, Way::beast));
  }
  CHECK(plain >= 40);
}

TEST_CASE("what is refused is refused by scanner and twin alike", "[wire][scanner]") {
  for (const HeadCase& given : head_cases::rejected) {
    INFO(given.what);
    CHECK(read(given.bytes, Way::scanner) == read(given.bytes, Way::scalar));
  }
}

TEST_CASE("the common requests need no Beast", "[wire][scanner]") {
  CHECK(read("GET /a?b HTTP/1.1\r\nHost: a\r\nX-Odd_Name: b\r\n\r\n", Way::scanner) != "unread");
  CHECK(read("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTE: x\r\n\r\n", Way::scanner) != "unread");
  CHECK(read("GET / HTTP/1.0\r\nHost: a\r\n\r\n", Way::scanner) == "unread");
}

TEST_CASE("the vector searches end where their twins do, for every byte at every place", "[wire][scanner]") {
  const std::string filler = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLM";
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t place = 0; place < filler.size(); ++place) {
      std::string text = filler;
      text[place] = static_cast<char>(byte);
      const ExactBytes exact(text);
      const char* const end = exact.view().data() + text.size();
      for (const std::size_t from : {0, 1, 15, 16, 17, 31, 33, 40, 48, 49}) {
        const char* const floor = exact.view().data();
        const char* const begin = floor + from;
        const char* question = nullptr;
        const char* twin_question = nullptr;
        const bool same =
            Scan::value_end(begin, end, floor) == ScalarScan::value_end(begin, end, floor) &&
            Scan::name_end(begin, end, floor) == ScalarScan::name_end(begin, end, floor) &&
            Scan::host_end(begin, end, floor) == ScalarScan::host_end(begin, end, floor) &&
            Scan::target_end(begin, end, floor, question) == ScalarScan::target_end(begin, end, floor, twin_question) &&
            question == twin_question;
        if (!same) FAIL_CHECK("byte " << byte << " at " << place << ", from " << from);
      }
    }
  }
}
