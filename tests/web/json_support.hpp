#pragma once

#include <gyre/web/json.hpp>
#include <gyre/web/pattern_rule.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

/// Described types for the tests of JSON.
namespace json_test {

enum class Colour { red, green, blue };
BOOST_DESCRIBE_ENUM(Colour, red, green, blue)

enum Level : std::uint8_t { low = 1, high = 200 };
BOOST_DESCRIBE_ENUM(Level, low, high)

struct Point {
  int x = 7;
  int y = 8;
  bool operator==(const Point&) const = default;
};
BOOST_DESCRIBE_STRUCT(Point, (), (x, y))

/// One member of every kind.
struct Everything {
  bool flag = false;
  std::int8_t i8 = 0;
  std::uint8_t u8 = 0;
  std::int16_t i16 = 0;
  std::uint16_t u16 = 0;
  int i32 = 0;
  unsigned u32 = 0;
  std::int64_t i64 = 0;
  std::uint64_t u64 = 0;
  float single = 0;
  double real = 0;
  std::string text;
  Colour colour = Colour::green;
  Level level = low;
  std::optional<int> maybe;
  std::vector<int> list;
  std::array<int, 3> three{};
  std::map<std::string, int> sorted;
  std::unordered_map<std::string, Point> hashed;
  Point point;
  std::vector<Point> points;
  std::vector<std::vector<std::string>> nested;
  std::optional<Point> place;
  bool operator==(const Everything&) const = default;
};
BOOST_DESCRIBE_STRUCT(Everything, (),
                      (flag, i8, u8, i16, u16, i32, u32, i64, u64, single, real, text, colour, level, maybe, list,
                       three, sorted, hashed, point, points, nested, place))

/// One value of a type, as a member.
template <class T>
struct Box {
  T value{};
  bool operator==(const Box&) const = default;
};
BOOST_DESCRIBE_STRUCT(Box<bool>, (), (value))
BOOST_DESCRIBE_STRUCT(Box<std::int8_t>, (), (value))
BOOST_DESCRIBE_STRUCT(Box<std::uint8_t>, (), (value))
BOOST_DESCRIBE_STRUCT(Box<std::int64_t>, (), (value))
BOOST_DESCRIBE_STRUCT(Box<std::uint64_t>, (), (value))
BOOST_DESCRIBE_STRUCT(Box<float>, (), (value))
BOOST_DESCRIBE_STRUCT(Box<double>, (), (value))
BOOST_DESCRIBE_STRUCT(Box<std::string>, (), (value))
BOOST_DESCRIBE_STRUCT(Box<Colour>, (), (value))
BOOST_DESCRIBE_STRUCT(Box<Level>, (), (value))
BOOST_DESCRIBE_STRUCT(Box<std::optional<int>>, (), (value))
BOOST_DESCRIBE_STRUCT(Box<std::vector<int>>, (), (value))
BOOST_DESCRIBE_STRUCT(Box<std::vector<std::string>>, (), (value))
using Pair = std::array<int, 2>;
BOOST_DESCRIBE_STRUCT(Box<Pair>, (), (value))
using Counts = std::map<std::string, int>;
BOOST_DESCRIBE_STRUCT(Box<Counts>, (), (value))
BOOST_DESCRIBE_STRUCT(Box<Point>, (), (value))

/// Refers to itself.
struct Tree {
  int value = 0;
  std::vector<Tree> children;
  std::unique_ptr<Tree> next;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (value, children, next))

struct Animal {
  std::string name;
  int legs = 4;
  static constexpr auto rules() { return gyre::rules(gyre::rule(&Animal::legs, gyre::at_most(8))); }
};
BOOST_DESCRIBE_STRUCT(Animal, (), (name, legs))

struct Dog : Animal {
  bool barks = true;
};
BOOST_DESCRIBE_STRUCT(Dog, (Animal), (barks))

/// Its rules come on top of the base's.
struct Cat : Animal {
  int lives = 7;
  static constexpr auto rules() {
    return gyre::rules(gyre::rule(&Cat::lives, gyre::at_least(1)), gyre::rule(&Cat::name, gyre::required));
  }
};
BOOST_DESCRIBE_STRUCT(Cat, (Animal), (lives))

struct Renamed {
  int user_id = 0;
  std::string class_;
  std::optional<int> maybe;
  static constexpr gyre::JsonName json_names[] = {{"user_id", "userId"}, {"class_", "class"}};
  static constexpr gyre::JsonOptions json_options{.unknown = gyre::UnknownMembers::refused,
                                                  .missing = gyre::MissingMembers::refused,
                                                  .empty = gyre::EmptyMembers::left_out};
};
BOOST_DESCRIBE_STRUCT(Renamed, (), (user_id, class_, maybe))

struct Address {
  std::string zip;
  std::string city;
  static constexpr auto rules() {
    return gyre::rules(gyre::rule(&Address::zip, gyre::pattern<"[0-9]{5}", "must be a postal code">),
                       gyre::rule(&Address::city, gyre::required, gyre::length(1, 20)));
  }
};
BOOST_DESCRIBE_STRUCT(Address, (), (zip, city))

struct User {
  std::string name;
  int age = 18;
  std::optional<std::string> email;
  std::vector<Address> addresses;
  static constexpr auto rules() {
    return gyre::rules(
        gyre::rule(&User::name, gyre::required, gyre::length(1, 5)), gyre::rule(&User::age, gyre::range(0, 150)),
        gyre::rule(&User::email, gyre::pattern<"[^@]+@[^@]+">), gyre::rule(&User::addresses, gyre::length(0, 2)));
  }
};
BOOST_DESCRIBE_STRUCT(User, (), (name, age, email, addresses))

/// Structs with rules inside of one that has none.
struct Parcel {
  Address to;
  std::optional<Address> back;
  std::array<Animal, 2> horses{{{"Ada", 4}, {"Bob", 4}}};
};
BOOST_DESCRIBE_STRUCT(Parcel, (), (to, back, horses))

struct Shipment {
  Parcel parcel{.to = {"12345", "Rome"}, .back = {}, .horses = {{{"Ada", 9}, {"Bob", 9}}}};
};
BOOST_DESCRIBE_STRUCT(Shipment, (), (parcel))

/// A string in JSON.
struct Date {
  int year = 0;
  int month = 0;
  bool operator==(const Date&) const = default;
};

struct Event {
  Date date;
  std::optional<Date> end;
  gyre::JsonText extra;
  std::map<std::string, gyre::JsonText> more;
};
BOOST_DESCRIBE_STRUCT(Event, (), (date, end, extra, more))

/// A type that nobody here can change.
struct Foreign {
  int size = 0;
};
BOOST_DESCRIBE_STRUCT(Foreign, (), (size))

}  // namespace json_test

template <>
struct gyre::JsonAsText<json_test::Date> {
  static constexpr std::string_view expected = "must be a month";
  static std::optional<json_test::Date> read(std::string_view text) {
    if (text.size() != 7 || text[4] != '-') return std::nullopt;
    return json_test::Date{std::stoi(std::string{text.substr(0, 4)}), std::stoi(std::string{text.substr(5)})};
  }
  static std::string write(const json_test::Date& date) {
    return std::to_string(date.year) + (date.month < 10 ? "-0" : "-") + std::to_string(date.month);
  }
};
template <>
struct gyre::JsonFormat<json_test::Foreign> {
  static constexpr gyre::JsonName json_names[] = {{"size", "taille"}};
};
template <>
struct gyre::RulesOf<json_test::Foreign> {
  static constexpr auto rules() { return gyre::rules(gyre::rule(&json_test::Foreign::size, gyre::at_least(1))); }
};

namespace json_test {

/// "200", "400 text" or "422 /pointer text; /pointer text" of reading a text into a `T`.
template <class T>
std::string outcome_of(std::string_view text) {
  T value{};
  const gyre::JsonOutcome outcome = gyre::from_json(text, value);
  std::string told = std::to_string(code(outcome.status));
  if (!outcome.detail.empty()) told += " " + outcome.detail;
  for (const gyre::Violation& violation : outcome.violations) {
    told += (&violation == outcome.violations.data() ? " " : "; ") + violation.pointer + " " + violation.detail;
  }
  return told;
}

/// What `text` is after it was read into a `T` and written; what is wrong with it, if it cannot be read.
template <class T>
std::string rewritten(std::string_view text) {
  T value{};
  return gyre::from_json(text, value) ? gyre::to_json(value) : outcome_of<T>(text);
}

}  // namespace json_test
