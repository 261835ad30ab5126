// Reads the bytes behind the first one as JSON, into the type that the first one picks, beside Boost.JSON:
// - what Boost's DOM takes is JSON for us, and nothing else;
// - what is accepted and `value_to` accepts, too, is the same value;
// - what is accepted is written as JSON that is read back as the same value;
// - what is kept as text is the same JSON;
// - what is refused is refused at a place that the text has.
#include <gyre/web/json.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace json = boost::json;

namespace {

struct Numbers {
  std::int8_t small = 1;
  std::uint8_t byte = 2;
  int usual = 3;
  std::uint64_t large = 4;
  std::int64_t negative = -5;
  bool flag = false;
};
BOOST_DESCRIBE_STRUCT(Numbers, (), (small, byte, usual, large, negative, flag))

struct Texts {
  std::string text;
  std::vector<std::string> list;
  std::map<std::string, std::string> map;
};
BOOST_DESCRIBE_STRUCT(Texts, (), (text, list, map))

struct Tree {
  std::string name;
  std::vector<Tree> children;
  std::optional<Numbers> numbers;
  std::unique_ptr<Tree> next;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (name, children, numbers, next))

struct Ruled {
  std::string name = "x";
  std::vector<Texts> texts;
  std::optional<int> maybe;
  static constexpr auto rules() {
    return gyre::rules(gyre::rule(&Ruled::name, gyre::required, gyre::length(1, 3)),
                       gyre::rule(&Ruled::texts, gyre::length(0, 2)), gyre::rule(&Ruled::maybe, gyre::range(-1, 1)));
  }
};
BOOST_DESCRIBE_STRUCT(Ruled, (), (name, texts, maybe))

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

bool is_stopped(const gyre::JsonOutcome& outcome) {
  return outcome.status == gyre::Status::content_too_large || outcome.detail.ends_with("is there twice");
}

template <class T>
constexpr bool is_comparable = false;
template <>
constexpr bool is_comparable<Numbers> = true;
template <>
constexpr bool is_comparable<Texts> = true;

template <class T>
void check_value(const T& value, const json::value& parsed) {
  const std::string text = gyre::to_json(value);
  json::error_code error;
  json::parse({text.data(), text.size()}, error);
  expect(!error, "what is written is JSON");
  T again{};
  expect(static_cast<bool>(gyre::from_json(text, again)), "what is written is accepted");
  expect(gyre::to_json(again) == text, "what is written is read as it was");
  if constexpr (is_comparable<T>) {
    try {
      expect(gyre::to_json(json::value_to<T>(parsed)) == text, "value_to gives the same");
    } catch (const boost::system::system_error&) {
      // It wants all members, and no others.
    }
  }
}

template <class T>
void check(std::string_view text) {
  T value{};
  const gyre::JsonOutcome outcome = gyre::from_json(text, value);
  json::error_code error;
  const json::value parsed = json::parse({text.data(), text.size()}, error);
  expect(error ? outcome.status == gyre::Status::bad_request || is_stopped(outcome)
               : outcome.status != gyre::Status::bad_request || is_stopped(outcome),
         "both take the same for JSON");
  expect(outcome.violations.empty() == (outcome.status != gyre::Status::unprocessable_content), "422 has a reason");
  if (outcome) check_value(value, parsed);
  for (const gyre::Violation& violation : outcome.violations) {
    if (violation.detail == "is required") continue;
    parsed.find_pointer({violation.pointer.data(), violation.pointer.size()}, error);
    expect(!error, "the place is there");
  }
}

void check_real(std::string_view text) {
  double value = 0;
  if (!gyre::from_json(text, value)) return;
  const double expected = std::strtod(std::string{text}.c_str(), nullptr);
  expect(value == expected && std::signbit(value) == std::signbit(expected), "numbers are read exactly");
  double again = 0;
  expect(static_cast<bool>(gyre::from_json(gyre::to_json(value), again)) && again == value, "and written exactly");
}

/// A copy without blanks is the same to Boost.
void check_copy(std::string_view text) {
  check<std::map<std::string, gyre::JsonText>>(text);
  gyre::JsonText copy;
  if (!gyre::from_json(text, copy)) return;
  expect(copy.text.size() <= text.size(), "a copy is not longer");
  // As text: it takes -0e318 for NaN, which is not the same as itself.
  expect(json::serialize(json::parse({copy.text.data(), copy.text.size()})) ==
             json::serialize(json::parse({text.data(), text.size()})),
         "a copy is the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data + 1), size - 1};
  switch (data[0] % 7) {
    case 0: check<Numbers>(text); break;
    case 1: check<Texts>(text); break;
    case 2: check<Tree>(text); break;
    case 3: check<Ruled>(text); break;
    case 4: check<std::vector<std::optional<std::vector<double>>>>(text); break;
    case 5: check_real(text); break;
    default: check_copy(text);
  }
  return 0;
}
