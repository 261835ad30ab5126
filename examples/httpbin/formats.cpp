#include "parts.hpp"

#include <gyre/gyre.hpp>
#include <gyre/web/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace httpbin {
namespace {

struct Slide {
  std::string title;
  std::string type = "all";
  std::optional<std::vector<std::string>> items;

  static constexpr gyre::JsonOptions json_options{.empty = gyre::EmptyMembers::left_out};
};
BOOST_DESCRIBE_STRUCT(Slide, (), (title, type, items))

struct Slideshow {
  std::string author;
  std::string date;
  std::vector<Slide> slides;
  std::string title;
};
BOOST_DESCRIBE_STRUCT(Slideshow, (), (author, date, slides, title))

struct SlideshowFacts {
  Slideshow slideshow;
};
BOOST_DESCRIBE_STRUCT(SlideshowFacts, (), (slideshow))

gyre::Json<SlideshowFacts> slides() {
  const std::vector<std::string> causes{"The <em>wind</em>", "The turning of the earth", "The coasts"};
  Slideshow show;
  show.author = "The crew";
  show.date = "at high tide";
  show.title = "Currents";
  show.slides.push_back({.title = "What turns the sea", .items = std::nullopt});
  show.slides.push_back({.title = "Three causes", .items = causes});
  return gyre::Json{SlideshowFacts{std::move(show)}};
}

constexpr std::string_view xml_page = R"(<?xml version="1.0" encoding="us-ascii"?>
<slideshow title="Currents" date="at high tide" author="The crew">
  <slide type="all">
    <title>What turns the sea</title>
  </slide>
  <slide type="all">
    <title>Three causes</title>
    <item>The <em>wind</em></item>
    <item>The turning of the earth</item>
    <item>The coasts</item>
  </slide>
</slideshow>
)";

constexpr std::string_view html_page = R"(<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>A bottle in the gyre</title></head>
<body>
<h1>A bottle in the gyre</h1>
<p>A bottle that is thrown into the sea off Lisbon does not stay there. The current takes it south along the coast, then
west with the trade winds, and after a year it has seen the Caribbean from some way off. There the water turns north,
and quickly; the bottle passes one cape after the other without coming near any of them.</p>
<p>Off Newfoundland it slows down, among fog and ships, and drifts east again. In its third spring it is back where it
began, a little further out than before. Nobody has opened it. It did not stop anywhere, and it has been everywhere
that there was to go.</p>
</body>
</html>
)";

constexpr std::string_view utf8_page = R"(<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>UTF-8</title></head>
<body>
<h1>The sea, in UTF-8</h1>
<pre>
1 byte   The sea turns.
2 bytes  Das Meer strömt. · Η θάλασσα γυρίζει. · Море кружится. · הים סובב. · البحر يدور.
3 bytes  海はめぐる。 · 바다가 돈다. · 海水回旋。 · समुद्र घूमता है। · ทะเลหมุน
4 bytes  🌊🌀🐚 · 𝒈𝒚𝒓𝒆 · 𐍃𐌰𐌹𐍅𐍃

∮ E·da = Q,   n → ∞,   ∑ f(i) = ∏ g(i),   ⌈x⌉ = −⌊−x⌋,   α ∧ ¬β ⇒ ∃γ
┌───┬───┐  ░▒▓█  ← ↑ → ↓  “quotes”, ‘quotes’, «quotes»  – — …
│ ⠓ │ ⠞ │  ½ ¾ ⅛  x² x₂  ℃ € £ ¥
└───┴───┘  é = é (composed, and e with U+0301)
</pre>
</body>
</html>
)";

constexpr std::string_view form_page = R"(<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>A form</title></head>
<body>
<h1>Order a pizza</h1>
<form method="post" action="/post">
<p><label>Name <input name="custname"></label></p>
<p><label>Telephone <input type="tel" name="custtel"></label></p>
<p><label>E-mail <input type="email" name="custemail"></label></p>
<fieldset>
<legend>Size</legend>
<label><input type="radio" name="size" value="small"> Small</label>
<label><input type="radio" name="size" value="medium"> Medium</label>
<label><input type="radio" name="size" value="large"> Large</label>
</fieldset>
<fieldset>
<legend>Toppings</legend>
<label><input type="checkbox" name="topping" value="bacon"> Bacon</label>
<label><input type="checkbox" name="topping" value="cheese"> Cheese</label>
<label><input type="checkbox" name="topping" value="onion"> Onion</label>
<label><input type="checkbox" name="topping" value="mushroom"> Mushroom</label>
</fieldset>
<p><label>Deliver at <input type="time" min="11:00" max="21:00" step="900" name="delivery"></label></p>
<p><label>Anything else <textarea name="comments"></textarea></label></p>
<p><button>Order</button></p>
</form>
</body>
</html>
)";

constexpr std::string_view robots = "User-agent: *\nDisallow: /deny\n";

constexpr std::string_view denied = R"(
        .-----------.
        |  NO ENTRY |
        |   robots  |
        '-----------'
             | |
             | |
    ~~~~~~~~~~~~~~~~~~~~~~
)";

}  // namespace

void add_formats(gyre::App& app) {
  app.get("/json", slides);
  app.get("/xml", [] { return gyre::Content{"application/xml", xml_page}; });
  app.get("/html", [] { return gyre::Html{html_page}; });
  app.get("/encoding/utf8", [] { return gyre::Html{utf8_page}; });
  app.get("/forms/post", [] { return gyre::Html{form_page}; });
  app.get("/robots.txt", [] { return robots; });
  app.get("/deny", [] { return denied; });
}

}  // namespace httpbin
