#include "json_support.hpp"

#include <catch2/catch.hpp>

using namespace json_test;

TEST_CASE("what fits is read", "[web][json]") {
  struct Case {
    std::string (*read)(std::string_view);
    const char* text;
    const char* written;
  };
  const Case cases[] = {
      {rewritten<Point>, R"({})", R"({"x":7,"y":8})"},
      {rewritten<Point>, R"( { "y" : 1 } )", R"({"x":7,"y":1})"},
      {rewritten<Point>, R"({"y":1,"x":2})", R"({"x":2,"y":1})"},
      {rewritten<Point>, R"({"z":[{"x":1},{"x":1,"x":2}],"x":2,"zz":{"x":3},"y":"\u0031"})",
       "422 /y must be an integer from -2147483648 to 2147483647"},
      {rewritten<Point>, R"({"z":[{"x":1}],"\u0078":2,"zz":{"x":3},"y":-0})", R"({"x":2,"y":0})"},
      {rewritten<Box<bool>>, R"({"value":true})", R"({"value":true})"},
      {rewritten<Box<double>>, R"({"value":1})", R"({"value":1})"},
      {rewritten<Box<double>>, R"({"value":18446744073709551615})", R"({"value":18446744073709551616})"},
      {rewritten<Box<double>>, R"({"value":-9223372036854775808})", R"({"value":-9223372036854775808})"},
      {rewritten<Box<double>>, R"({"value":1e-400})", R"({"value":0})"},
      {rewritten<Box<double>>, R"({"value":-1234567.8E-400})", R"({"value":-0})"},
      {rewritten<Box<float>>, R"({"value":1e-50})", R"({"value":0})"},
      {rewritten<Box<double>>, R"({"value":0.30000000000000004})", R"({"value":0.30000000000000004})"},
      {rewritten<Box<double>>, R"({"value":9007199254740993})", R"({"value":9007199254740992})"},
      {rewritten<Box<float>>, R"({"value":16777217})", R"({"value":16777216})"},
      {rewritten<Box<std::string>>, R"({"value":"\ud83d\ude00\n\/"})", "{\"value\":\"\U0001f600\\n/\"}"},
      {rewritten<Box<Colour>>, R"({"value":"blue"})", R"({"value":"blue"})"},
      {rewritten<Box<Level>>, R"({"value":"hi\u0067h"})", R"({"value":"high"})"},
      {rewritten<Box<std::optional<int>>>, R"({"value":null})", R"({"value":null})"},
      {rewritten<Box<std::optional<int>>>, R"({"value":3})", R"({"value":3})"},
      {rewritten<Box<Counts>>, R"({"value":{"b":1,"a":2}})", R"({"value":{"a":2,"b":1}})"},
      {rewritten<Box<Pair>>, R"({"value":[1,2]})", R"({"value":[1,2]})"},
      {rewritten<std::vector<Point>>, R"([{"x":1},{}])", R"([{"x":1,"y":8},{"x":7,"y":8}])"},
      {rewritten<std::uint64_t>, "18446744073709551615", "18446744073709551615"},
      {rewritten<std::int64_t>, "-9223372036854775808", "-9223372036854775808"},
      {rewritten<Dog>, R"({"barks":false,"name":"Rex","legs":3})", R"({"name":"Rex","legs":3,"barks":false})"},
      {rewritten<Foreign>, R"({"taille":3})", R"({"taille":3})"},
  };
  for (const Case& each : cases) {
    INFO(each.text);
    CHECK(each.read(each.text) == each.written);
  }
}

TEST_CASE("what does not fit is told by its place", "[web][json]") {
  struct Case {
    std::string (*read)(std::string_view);
    const char* text;
    const char* told;
  };
  const Case cases[] = {
      {outcome_of<Point>, "[]", "422  must be an object"},
      {outcome_of<Point>, "1", "422  must be an object"},
      {outcome_of<Point>, "null", "422  must be an object"},
      {outcome_of<Box<bool>>, R"({"value":1})", "422 /value must be true or false"},
      {outcome_of<Box<bool>>, R"({"value":null})", "422 /value must be true or false"},
      {outcome_of<Box<std::int8_t>>, R"({"value":128})", "422 /value must be an integer from -128 to 127"},
      {outcome_of<Box<std::int8_t>>, R"({"value":-129})", "422 /value must be an integer from -128 to 127"},
      {outcome_of<Box<std::int8_t>>, R"({"value":1.0})", "422 /value must be an integer from -128 to 127"},
      {outcome_of<Box<std::int8_t>>, R"({"value":1e2})", "422 /value must be an integer from -128 to 127"},
      {outcome_of<Box<std::int8_t>>, R"({"value":"1"})", "422 /value must be an integer from -128 to 127"},
      {outcome_of<Box<std::int8_t>>, R"({"value":[1]})", "422 /value must be an integer from -128 to 127"},
      {outcome_of<Box<std::uint8_t>>, R"({"value":-1})", "422 /value must be an integer from 0 to 255"},
      {outcome_of<Box<std::uint8_t>>, R"({"value":256})", "422 /value must be an integer from 0 to 255"},
      {outcome_of<Box<std::int64_t>>, R"({"value":9223372036854775808})",
       "422 /value must be an integer from -9223372036854775808 to 9223372036854775807"},
      {outcome_of<Box<std::uint64_t>>, R"({"value":18446744073709551616})",
       "422 /value must be an integer from 0 to 18446744073709551615"},
      {outcome_of<Box<double>>, R"({"value":1e999})", "422 /value must be a number"},
      {outcome_of<Box<double>>, R"({"value":-1e999})", "422 /value must be a number"},
      {outcome_of<Box<float>>, R"({"value":1e39})", "422 /value must be a number"},
      {outcome_of<Box<double>>, R"({"value":0.1e400})", "422 /value must be a number"},
      {outcome_of<Box<double>>, R"({"value":-0.0000001e400})", "422 /value must be a number"},
      {outcome_of<Box<double>>, R"({"value":"NaN"})", "422 /value must be a number"},
      {outcome_of<Box<std::string>>, R"({"value":{"a":[{}]}})", "422 /value must be a string"},
      {outcome_of<Box<Colour>>, R"({"value":"pink"})", R"(422 /value must be one of "red", "green", "blue")"},
      {outcome_of<Box<Colour>>, R"({"value":0})", R"(422 /value must be one of "red", "green", "blue")"},
      {outcome_of<Box<std::optional<int>>>, R"({"value":""})",
       "422 /value must be an integer from -2147483648 to 2147483647"},
      {outcome_of<Box<std::vector<int>>>, R"({"value":{}})", "422 /value must be an array"},
      {outcome_of<Box<std::vector<int>>>, R"({"value":[1,"2",3,null]})",
       "422 /value/1 must be an integer from -2147483648 to 2147483647; "
       "/value/3 must be an integer from -2147483648 to 2147483647"},
      {outcome_of<Box<Pair>>, R"({"value":[1]})", "422 /value must be an array of 2 elements"},
      {outcome_of<Box<Pair>>, R"({"value":[1,2,[3]]})", "422 /value must be an array of 2 elements"},
      {outcome_of<Box<Counts>>, R"({"value":{"a/b":"x","~":[]}})",
       "422 /value/a~1b must be an integer from -2147483648 to 2147483647; "
       "/value/~0 must be an integer from -2147483648 to 2147483647"},
      {outcome_of<std::vector<Box<Point>>>, R"([{},{"value":{"y":true}},[]])",
       "422 /1/value/y must be an integer from -2147483648 to 2147483647; /2 must be an object"},
      {outcome_of<Renamed>, R"({"userId":1,"class":"","more":1,"mo/re":{}})",
       "422 /more is not known; /mo~1re is not known"},
      {outcome_of<Renamed>, R"({"user_id":1})", "422 /user_id is not known; /userId is required; /class is required"},
  };
  for (const Case& each : cases) {
    INFO(each.text);
    CHECK(each.read(each.text) == each.told);
  }
}

TEST_CASE("types of one's own are strings, and what has no shape is kept as it is", "[web][json]") {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"date":"2024-05","end":"1999-12","extra":7})", R"({"date":"2024-05","end":"1999-12","extra":7,"more":{}})"},
      {R"({"date":"May","end":5})", "422 /date must be a month; /end must be a month"},
      {R"({"date":"2024-05","extra":null})", R"({"date":"2024-05","end":null,"extra":null,"more":{}})"},
      {R"({"date":"2024-05","extra":"a\"\u00e9\/"})",
       "{\"date\":\"2024-05\",\"end\":null,\"extra\":\"a\\\"\u00e9/\",\"more\":{}}"},
      {R"({"date":"2024-05","extra": [ 1.50 , [ ] , { } , [[]], {"a" : true, "b,": [null, "[", "{", ":"]}, 0 ] })",
       R"({"date":"2024-05","end":null,"extra":[1.50,[],{},[[]],{"a":true,"b,":[null,"[","{",":"]},0],)"
       R"("more":{}})"},
      {R"({"date":"2024-05","more":{"a":{"x":[{}]},"b":18446744073709551616,"c":"","d":true}})",
       R"({"date":"2024-05","end":null,"extra":null,)"
       R"("more":{"a":{"x":[{}]},"b":18446744073709551616,"c":"","d":true}})"},
      {R"({"date":"2024-05","extra":[1,2})", "400 not JSON: syntax error at byte 30"},
  };
  for (const auto& [text, written] : cases) {
    INFO(text);
    CHECK(rewritten<Event>(text) == written);
  }
}

TEST_CASE("what is no JSON is refused with the byte", "[web][json]") {
  const std::pair<const char*, const char*> cases[] = {
      {"", "400 not JSON: incomplete JSON at byte 0"},
      {" ", "400 not JSON: incomplete JSON at byte 1"},
      {"{", "400 not JSON: incomplete JSON at byte 1"},
      {R"({"x":1,})", "400 not JSON: syntax error at byte 7"},
      {R"({"x":01})", "400 not JSON: syntax error at byte 6"},
      {R"({"x":+1})", "400 not JSON: syntax error at byte 5"},
      {R"({'x':1})", "400 not JSON: syntax error at byte 1"},
      {R"({"x":NaN})", "400 not JSON: syntax error at byte 5"},
      {R"({"x":1} x)", "400 not JSON: extra data at byte 8"},
      {R"({"x":1}{})", "400 not JSON: extra data at byte 7"},
      {R"({"x":1}//)", "400 not JSON: extra data at byte 7"},
      {R"({"x":"no", "y" 1})", "400 not JSON: syntax error at byte 15"},
      {"\xef\xbb\xbf{}", "400 not JSON: syntax error at byte 0"},
      {R"({"x":1,"x":1})", "400 the member /x is there twice"},
      {R"({"x":1,"\u0078":1})", "400 the member /x is there twice"},
  };
  for (const auto& [text, told] : cases) {
    INFO(text);
    CHECK(outcome_of<Point>(text) == told);
  }
  for (const char* text : {"\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", R"("\ud800")", R"("\udc00")",
                           R"("\ud800\u0041")", "\"\n\"", "\"\x01\"", R"("\x41")"}) {
    INFO(text);
    CHECK(outcome_of<std::string>(text).starts_with("400 not JSON"));
    CHECK(outcome_of<Point>(std::string{R"({"other":)"} + text + "}").starts_with("400 not JSON"));
  }
  CHECK(outcome_of<Box<Counts>>(R"({"value":{"a":1,"b":2,"a":3}})") == "400 the member /value/a is there twice");
}

TEST_CASE("a text is read whole, however it is escaped and however long", "[web][json]") {
  for (const std::size_t size : {1U, 15U, 16U, 1000U, 4095U, 4096U, 4097U, 70'000U}) {
    std::string text;
    while (text.size() < size) text += text.size() % 3 == 0 ? 'a' : text.size() % 3 == 1 ? '\n' : '"';
    Box<std::string> box;
    REQUIRE(gyre::from_json(R"({"value":)" + gyre::to_json(text) + "}", box));
    CHECK(box.value == text);
    Counts counts;
    REQUIRE(gyre::from_json("{" + gyre::to_json(text) + ":1," + gyre::to_json(text + "x") + ":2}", counts));
    CHECK(counts == Counts{{text, 1}, {text + "x", 2}});
    const std::string json = gyre::to_json(text);
    CHECK(rewritten<gyre::JsonText>(json) == json);
    CHECK(rewritten<gyre::JsonText>("{" + json + ":[" + json + "," + json + "]}") ==
          "{" + json + ":[" + json + "," + json + "]}");
    CHECK(rewritten<Point>("{" + json + ":" + json + R"(,"x":1})") == R"({"x":1,"y":8})");
    CHECK(outcome_of<std::vector<Colour>>("[" + json + R"(,"red"])") ==
          R"(422 /0 must be one of "red", "green", "blue")");
  }
}

TEST_CASE("depth is limited, wanted or not", "[web][json]") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(outcome_of<Point>(R"({"z":)" + nested(31) + "}") == "200");
  CHECK(outcome_of<Point>(R"({"z":)" + nested(32) + "}") == "400 not JSON: too deep at byte 36");
  CHECK(outcome_of<Point>(std::string(1'000'000, '[')) == "400 not JSON: too deep at byte 32");
  std::string trees;
  std::string ends;
  for (int depth = 0; depth < 40; ++depth) trees += R"({"next":)", ends += '}';
  Tree tree;
  CHECK_FALSE(gyre::from_json(trees + "null" + ends, tree));
  CHECK(gyre::from_json(trees + "null" + ends, tree, {.depth = 40}));
  CHECK_FALSE(gyre::from_json(trees + "null" + ends, tree, {.depth = 39}));
}

TEST_CASE("elements are limited, and what has too many takes no memory", "[web][json]") {
  std::vector<int> list;
  CHECK(gyre::from_json("[1,2,3]", list, {.elements = 3}));
  CHECK(list.size() == 3);
  list = {};
  const gyre::JsonOutcome outcome = gyre::from_json("[1,2,3,4,5,6,7]", list, {.elements = 3});
  CHECK(outcome.status == gyre::Status::content_too_large);
  CHECK(outcome.detail == "more than 3 elements");
  CHECK(list.size() == 3);
  std::vector<Counts> maps;
  CHECK(gyre::from_json(R"([{"a":1,"b":2}])", maps, {.elements = 3}));
  CHECK(gyre::from_json(R"([{"a":1,"b":2,"c":3}])", maps, {.elements = 3}).status == gyre::Status::content_too_large);
  User user;
  std::string addresses;
  for (int i = 0; i < 1000; ++i) addresses += i == 0 ? "{}" : ",{}";
  CHECK_FALSE(gyre::from_json(R"({"name":"Ann","addresses":[)" + addresses + "]}", user));
  CHECK(user.addresses.size() == 3);  // one more than the rule allows
}

TEST_CASE("at most 32 failures are told", "[web][json]") {
  std::string list = "[";
  for (int i = 0; i < 100; ++i) list += "\"x\",";
  std::vector<int> numbers;
  const gyre::JsonOutcome outcome = gyre::from_json(list + "1]", numbers);
  CHECK(outcome.status == gyre::Status::unprocessable_content);
  CHECK(outcome.violations.size() == 32);
  CHECK(gyre::from_json(list + "1", numbers).status == gyre::Status::bad_request);
}

TEST_CASE("rules are checked on the whole, and every failure is told", "[web][json][validation]") {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"name":"Ann"})", "200"},
      {R"({"name":"Ann","age":150,"email":null,"addresses":[{"zip":"12345","city":"Rome"}]})", "200"},
      {R"({})", "422 /name is required"},
      {R"({"name":""})", "422 /name must have from 1 to 5 characters"},
      {R"({"name":"\u00e9\u00e9\u00e9\u00e9\u00e9"})", "200"},
      {R"({"name":"Annabel","age":151,"email":"x"})",
       "422 /name must have from 1 to 5 characters; /age must be from 0 to 150; /email must match [^@]+@[^@]+"},
      {R"({"name":1,"age":-1})", "422 /name must be a string; /age must be from 0 to 150"},
      {R"({"name":"Ann","addresses":[{"zip":"1","city":""},{"zip":"12345"}]})",
       "422 /addresses/0/zip must be a postal code; /addresses/0/city must have from 1 to 20 characters; "
       "/addresses/1/city is required"},
      {R"({"name":"Ann","addresses":[{"zip":"12345","city":"Rome"},{"zip":"12345","city":"Rome"},{}]})",
       "422 /addresses/2/city is required; /addresses/2/zip must be a postal code; "
       "/addresses must have at most 2 elements"},
  };
  for (const auto& [text, told] : cases) {
    INFO(text);
    CHECK(outcome_of<User>(text) == told);
  }
  CHECK(outcome_of<Foreign>("{}") == "422 /taille must be at least 1");  // a default that breaks the rules
  CHECK(outcome_of<Dog>(R"({"legs":9})") == "422 /legs must be at most 8");
  CHECK(outcome_of<Cat>(R"({"legs":9,"lives":0})") ==
        "422 /name is required; /legs must be at most 8; /lives must be at least 1");
}

TEST_CASE("a struct that was not sent is checked as if it were empty", "[web][json][validation]") {
  const std::pair<const char*, const char*> parcels[] = {
      {R"({})", "422 /to/city is required; /to/zip must be a postal code"},
      {R"({"to":{}})", "422 /to/city is required; /to/zip must be a postal code"},
      {R"({"to":{"zip":"12345","city":"Rome"}})", "200"},
      {R"({"to":{"zip":"12345","city":"Rome"},"back":null})", "200"},
      {R"({"to":1})", "422 /to must be an object"},
  };
  for (const auto& [text, told] : parcels) {
    INFO(text);
    CHECK(outcome_of<Parcel>(text) == told);
  }
  CHECK(outcome_of<Shipment>("{}") ==
        "422 /parcel/to/city is required; /parcel/horses/0/legs must be at most 8; /parcel/horses/1/legs must be at "
        "most 8");
  CHECK(
      outcome_of<std::vector<Shipment>>(R"([{"parcel":{"to":{"zip":"12345","city":"Rome"}}}])").starts_with("422 /0/"));
}

TEST_CASE("long keys do not make an answer of many times their length", "[web][json]") {
  const std::string key(100'000, 'k');
  std::string list = "[";
  for (int i = 0; i < 40; ++i) list += R"("x",)";
  std::map<std::string, std::map<std::string, std::vector<int>>> lists;
  const gyre::JsonOutcome outcome =
      gyre::from_json(R"({"short":{")" + key + R"(":)" + list + R"(1],"b":["x"]}})", lists);
  CHECK(outcome.status == gyre::Status::unprocessable_content);
  REQUIRE(outcome.violations.size() == 32);
  CHECK(outcome.violations[0].pointer == "/short");
  CHECK(outcome.violations[0].detail == "must be an integer from -2147483648 to 2147483647");
  Renamed renamed;
  const gyre::JsonOutcome unknown = gyre::from_json("{\"" + key + R"(":1,"userId":1,"class":""})", renamed);
  REQUIRE(unknown.violations.size() == 1);
  CHECK(unknown.violations[0].pointer.empty());
  CHECK(unknown.violations[0].detail == "is not known");
  std::map<std::string, int> numbers;
  CHECK(gyre::from_json("{\"" + key + R"(":1,")" + key + R"(":1})", numbers).detail == "the member  is there twice");
}

TEST_CASE("keys that all have one hash are refused", "[web][json]") {
  struct Hash {
    std::size_t operator()(const std::string& key) const noexcept { return key.starts_with("evil") ? 1 : key.size(); }
  };
  const auto object = [](int count, std::string_view key) {
    std::string text;
    for (int i = 0; i < count; ++i) {
      text += (i == 0 ? "{\"" : ",\"") + std::string{key} + std::to_string(i) + R"(":1)";
    }
    return text + "}";
  };
  std::unordered_map<std::string, int, Hash> colliding;
  CHECK(gyre::from_json(object(60, "evil"), colliding));
  const gyre::JsonOutcome outcome = gyre::from_json(object(10'000, "evil"), colliding);
  CHECK(outcome.status == gyre::Status::bad_request);
  CHECK(outcome.detail == "the keys at /evil68 collide");
  std::unordered_map<std::string, int> usual;
  CHECK(gyre::from_json(object(60'000, "k"), usual));
  CHECK(usual.size() == 60'000);
  usual.max_load_factor(100);
  CHECK(gyre::from_json(object(60'000, "k"), usual));
  std::map<std::string, int> sorted;
  CHECK(gyre::from_json(object(60'000, "k"), sorted));
}
