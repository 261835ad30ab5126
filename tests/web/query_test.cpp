#include "flat_support.hpp"
#include "web_support.hpp"

#include <gyre/web/pattern_rule.hpp>
#include <gyre/web/query.hpp>
#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

using gyre::Extracted;
using gyre::Query;
using gyre::Router;
using gyre::Task;
using web_test::ask;
using namespace flat_test;

namespace {

/// A text of a type of its own, whatever it is.
struct Word {
  std::string text;
};
struct Words {
  Word word;
  std::vector<Word> more;
};
BOOST_DESCRIBE_STRUCT(Words, (), (word, more))

struct BadPattern {
  std::string text;
  static constexpr auto rules() { return gyre::rules(gyre::rule(&BadPattern::text, gyre::pattern<"a(b">)); }
};
BOOST_DESCRIBE_STRUCT(BadPattern, (), (text))

}  // namespace

template <>
struct gyre::JsonAsText<Word> {
  static constexpr std::string_view expected = "must be a word";
  static std::optional<Word> read(std::string_view text) { return Word{std::string{text}}; }
  static std::string write(const Word& word) { return word.text; }
};

namespace {

constexpr std::string_view defaults = "true 1 2 3 4 5 15 text view down 5 6 - - 7,8, ";

/// What the query makes of `Everything`; a problem from its detail on.
std::string everything(std::string_view query) {
  Router router;
  router.get("/", [](Query<Everything> all) { return text_of(*all); });
  const web_test::Answer answer = ask(router, "GET", "/?" + std::string{query});
  CHECK(answer.status == (answer.type == "application/problem+json" ? 400 : 200));
  return web_test::problem_of(answer);
}

std::string refusal(std::string_view name, std::string_view detail) {
  return R"("detail":"the query does not have the expected values","errors":[{"parameter":")" + std::string{name} +
         R"(","detail":")" + std::string{detail} + R"("}]})";
}

}  // namespace

TEST_CASE("a query is read into a struct", "[web][query]") {
  struct Case {
    std::string_view query;
    std::string_view expected;
  };
  for (const auto& [query, expected] : std::initializer_list<Case>{
           {"", defaults},
           {"&&", defaults},
           {"unknown=1&Flag=false&numbers[]=1", defaults},
           {"flag=false", "false 1 2 3 4 5 15 text view down 5 6 - - 7,8, "},
           {"flag=on", defaults},
           {"i8=-128&u8=255", "true -128 255 3 4 5 15 text view down 5 6 - - 7,8, "},
           {"i64=-9223372036854775808&u64=18446744073709551615",
            "true 1 2 -9223372036854775808 18446744073709551615 5 15 text view down 5 6 - - 7,8, "},
           {"single=-0.3&real=25e-1", "true 1 2 3 4 -3 25 text view down 5 6 - - 7,8, "},
           {"single=1e-50&real=-0.1e-999", "true 1 2 3 4 0 0 text view down 5 6 - - 7,8, "},
           {"text=a+b%26&view=%C3%A9", "true 1 2 3 4 5 15 a b& \xc3\xa9 down 5 6 - - 7,8, "},
           {"text=&view", "true 1 2 3 4 5 15   down 5 6 - - 7,8, "},
           {"order=ascending&month=9", "true 1 2 3 4 5 15 text view up 9 6 - - 7,8, "},
           {"maybe=1&maybe_text=x&pointer=2", "true 1 2 3 4 5 15 text view down 5 1 x 2 7,8, "},
           {"maybe=&maybe_text=&pointer=", "true 1 2 3 4 5 15 text view down 5 -  - 7,8, "},
           {"numbers=1", "true 1 2 3 4 5 15 text view down 5 6 - - 1, "},
           {"numbers=1&words=a&numbers=2&words=&%6eumbers=3", "true 1 2 3 4 5 15 text view down 5 6 - - 1,2,3, a,,"},
       }) {
    INFO(query);
    CHECK(everything(query) == expected);
  }
}

TEST_CASE("what does not fit in a query is a problem that names it", "[web][query]") {
  struct Case {
    std::string_view query;
    std::string_view name;
    std::string_view detail;
  };
  for (const auto& [query, name, detail] : std::initializer_list<Case>{
           {"flag=1", "flag", "must be true or false"},
           {"flag", "flag", "must be true or false"},
           {"i8=128", "i8", "must be an integer from -128 to 127"},
           {"i8=-129", "i8", "must be an integer from -128 to 127"},
           {"u8=256", "u8", "must be an integer from 0 to 255"},
           {"u8=-1", "u8", "must be an integer from 0 to 255"},
           {"u8=", "u8", "must be an integer from 0 to 255"},
           {"u8=1.0", "u8", "must be an integer from 0 to 255"},
           {"u8=%201", "u8", "must be an integer from 0 to 255"},
           {"u8=%2B1", "u8", "must be an integer from 0 to 255"},
           {"i64=9223372036854775808", "i64", "must be an integer from -9223372036854775808 to 9223372036854775807"},
           {"u64=18446744073709551616", "u64", "must be an integer from 0 to 18446744073709551615"},
           {"single=1e39", "single", "must be a number"},
           {"real=0.1e999", "real", "must be a number"},
           {"real=nan", "real", "must be a number"},
           {"text=%ff", "text", "must be UTF-8"},
           {"view=%C3", "view", "must be UTF-8"},
           {"words=ok&words=%ff&words=%fe", "words", "must be UTF-8"},
           {"order=up", "order", R"(must be one of \"ascending\", \"descending\")"},
           {"month=13", "month", "must be a month"},
           {"maybe=x", "maybe", "must be an integer from -2147483648 to 2147483647"},
           {"numbers=1&numbers=&numbers=x", "numbers", "must be an integer from -2147483648 to 2147483647"},
           {"u8=1&u8=1", "u8", "is there twice"},
           {"maybe=1&maybe=", "maybe", "is there twice"},
       }) {
    INFO(query);
    CHECK(everything(query) == refusal(name, detail));
  }
  CHECK(everything("text=%zz") == R"("detail":"the query has a bad escape"})");
  CHECK(everything("%=1") == R"("detail":"the query has a bad escape"})");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "a&";
  CHECK(everything(many) == defaults);
  CHECK(everything(many + "a") == R"("detail":"the query has too many parameters"})");
}

TEST_CASE("texts of one's own types are UTF-8, too", "[web][query]") {
  Router router;
  router.get("/", [](Query<Words> words) { return words->word.text; });
  CHECK(ask(router, "GET", "/?word=%C3%A9&more=a&more=").body == "\xc3\xa9");
  CHECK(web_test::problem_of(ask(router, "GET", "/?word=%ff&more=%C0%80")) ==
        R"("detail":"the query does not have the expected values","errors":[)"
        R"({"parameter":"word","detail":"must be a word"},{"parameter":"more","detail":"must be a word"}]})");
}

TEST_CASE("rules of a query are told all at once", "[web][query][validation]") {
  Router router;
  router.get("/", [](Query<Search> search) { return text_of(*search); });
  CHECK(ask(router, "GET", "/?word=tea").body == "1 tea -");
  CHECK(ask(router, "GET", "/?word=tea&year=&tags=a&page=100&tags=b").body == "100 tea - a b");
  const web_test::Answer wrong = ask(router, "GET", "/?tags=a&year=1800&tags=b&page=x&tags=c");
  CHECK(wrong.status == 400);
  CHECK(wrong.type == "application/problem+json");
  CHECK(wrong.body == R"({"type":"about:blank","title":"Bad Request","status":400,)"
                      R"("detail":"the query does not have the expected values","errors":[)"
                      R"({"parameter":"page","detail":"must be an integer from -2147483648 to 2147483647"},)"
                      R"({"parameter":"word","detail":"is required"},)"
                      R"({"parameter":"year","detail":"must be at least 1900"},)"
                      R"({"parameter":"tags","detail":"must have at most 2 elements"}]})");
  CHECK(ask(router, "GET", "/?word=&page=0")
            .body.find(R"([{"parameter":"page","detail":"must be from 1 to 100"},)"
                       R"({"parameter":"word","detail":"must have from 1 to 5 )"
                       R"(characters"}])") != std::string::npos);
}

TEST_CASE("names and options of a query are those of the type's JSON", "[web][query]") {
  Router router;
  router.get("/", [](Query<Renamed> query) { return query->class_ + std::to_string(query->user_id); });
  CHECK(ask(router, "GET", "/?userId=5&class=a").body == "a5");
  CHECK(web_test::problem_of(ask(router, "GET", "/?user_id=5&userId=1&%22=")) ==
        R"("detail":"the query does not have the expected values","errors":[)"
        R"({"parameter":"user_id","detail":"is not known"},{"parameter":"\"","detail":"is not known"},)"
        R"({"parameter":"class","detail":"is required"}]})");
  std::string many = "/?class=&userId=1";
  for (int i = 0; i < 100; ++i) many += "&x";
  const std::string told = ask(router, "GET", many).body;
  std::size_t count = 0;
  for (std::size_t at = told.find("is not known"); at != std::string::npos; at = told.find("is not known", at + 1)) {
    ++count;
  }
  CHECK(count == gyre::JsonOutcome::violations_max);
}

TEST_CASE("a query goes to tasks, and its rejection to who wants it", "[web][query]") {
  Router router;
  router.get("/task", [](Query<Search> search) -> Task<std::string> { co_return text_of(*search); })
      .get("/see", [](Extracted<Query<Search>> search) {
        return search ? text_of(**search) : std::string{search.rejection().members};
      });
  CHECK(ask(router, "GET", "/task?word=tea").body == "1 tea -");
  CHECK(ask(router, "GET", "/task").status == 400);
  CHECK(ask(router, "GET", "/see?word=tea").body == "1 tea -");
  CHECK(ask(router, "GET", "/see").body == R"("errors":[{"parameter":"word","detail":"is required"}])");
}

TEST_CASE("a bad pattern in a query's rules is a set-up mistake", "[web][query][validation]") {
  CHECK(web_test::set_up_error([] {
          Router router;
          router.get("/", [](Query<BadPattern>) { return ""; });
        }) != "");
}
