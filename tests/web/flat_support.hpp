#pragma once

#include <gyre/web/describe.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Flat structs for the tests of queries, forms and header fields.
namespace flat_test {

enum class Order { ascending, descending };
BOOST_DESCRIBE_ENUM(Order, ascending, descending)

/// A type of its own that is a text.
struct Month {
  int number = 0;
};

/// One member of every kind, each with a default that shows.
struct Everything {
  bool flag = true;
  std::int8_t i8 = 1;
  std::uint8_t u8 = 2;
  std::int64_t i64 = 3;
  std::uint64_t u64 = 4;
  float single = 0.5F;
  double real = 1.5;
  std::string text = "text";
  std::string_view view = "view";
  Order order = Order::descending;
  Month month{5};
  std::optional<int> maybe = 6;
  std::optional<std::string> maybe_text;
  std::unique_ptr<int> pointer;
  std::vector<int> numbers{7, 8};
  std::vector<std::string> words;
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (flag, i8, u8, i64, u64, single, real, text, view, order, month, maybe, maybe_text, pointer,
                       numbers, words))

struct Base {
  int page = 1;
  static constexpr auto rules() { return gyre::rules(gyre::rule(&Base::page, gyre::range(1, 100))); }
};
BOOST_DESCRIBE_STRUCT(Base, (), (page))

struct Search : Base {
  std::string word;
  std::optional<int> year;
  std::vector<std::string> tags;
  static constexpr auto rules() {
    return gyre::rules(gyre::rule(&Search::word, gyre::required, gyre::length(1, 5)),
                       gyre::rule(&Search::year, gyre::at_least(1900)), gyre::rule(&Search::tags, gyre::length(0, 2)));
  }
};
BOOST_DESCRIBE_STRUCT(Search, (Base), (word, year, tags))

struct Renamed {
  int user_id = 0;
  std::string class_;
  static constexpr gyre::JsonName json_names[] = {{"user_id", "userId"}, {"class_", "class"}};
  static constexpr gyre::JsonOptions json_options{.unknown = gyre::UnknownMembers::refused,
                                                  .missing = gyre::MissingMembers::refused};
};
BOOST_DESCRIBE_STRUCT(Renamed, (), (user_id, class_))

}  // namespace flat_test

template <>
struct gyre::JsonAsText<flat_test::Month> {
  static constexpr std::string_view expected = "must be a month";
  static std::optional<flat_test::Month> read(std::string_view text) {
    if (text.size() != 1 || text[0] < '1' || text[0] > '9') return std::nullopt;
    return flat_test::Month{text[0] - '0'};
  }
  static std::string write(const flat_test::Month& month) { return std::to_string(month.number); }
};

namespace flat_test {

/// All members in one line, for tables.
inline std::string text_of(const Everything& all) {
  const auto number = [](const auto& value) { return std::to_string(value) + " "; };
  std::string text = all.flag ? "true " : "false ";
  text += number(all.i8) + number(all.u8) + number(all.i64) + number(all.u64);
  text += number(static_cast<int>(all.single * 10)) + number(static_cast<int>(all.real * 10));
  text += all.text + " " + std::string{all.view} + (all.order == Order::ascending ? " up " : " down ");
  text += number(all.month.number) + (all.maybe ? number(*all.maybe) : "- ") + all.maybe_text.value_or("-") + " ";
  text += all.pointer != nullptr ? number(*all.pointer) : "- ";
  for (const int each : all.numbers) text += std::to_string(each) + ",";
  text += " ";
  for (const std::string& each : all.words) text += each + ",";
  return text;
}

inline std::string text_of(const Search& search) {
  std::string text = std::to_string(search.page) + " " + search.word + " ";
  text += search.year ? std::to_string(*search.year) : "-";
  for (const std::string& tag : search.tags) text += " " + tag;
  return text;
}

}  // namespace flat_test
