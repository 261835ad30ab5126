#include "web_support.hpp"

#include <gyre/web/router.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using gyre::Request;
using gyre::Router;

/// The router against a matcher that is written to be read: no tree, no hash, all patterns in turn.
namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  for (std::size_t begin = 1;;) {
    const std::size_t end = path.find('/', begin);
    parts.emplace_back(path.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

/// Nothing for an escape that is none or is NUL.
std::optional<std::string> decode(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const std::string digits = text.substr(i + 1, 2);
    if (digits.size() != 2 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) return {};
    const char c = static_cast<char>(std::stoi(digits, nullptr, 16));
    if (c == 0) return {};
    out += c;
    i += 2;
  }
  return out;
}

bool is_placeholder(const std::string& segment) { return segment.starts_with('{'); }
bool is_rest(const std::string& segment) { return segment.ends_with("...}"); }

/// 0 is the most specific.
int rank(const std::string& segment) { return is_rest(segment) ? 2 : is_placeholder(segment) ? 1 : 0; }

struct Found {
  std::string pattern;
  std::vector<std::string> parameters;
  bool slash_in_rest = false;
};

std::optional<Found> match_one(const std::string& pattern, const std::vector<std::string>& raw,
                               const std::vector<std::string>& path) {
  const std::vector<std::string> wanted = split(pattern);
  Found found{pattern, {}};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i >= path.size()) return {};
    if (is_rest(wanted[i])) {
      std::string rest;
      for (std::size_t j = i; j < path.size(); ++j) {
        rest += (j == i ? "" : "/") + path[j];
        found.slash_in_rest |= raw[j].find("%2F") != std::string::npos || raw[j].find("%2f") != std::string::npos;
      }
      found.parameters.push_back(rest);
      return found;
    }
    if (is_placeholder(wanted[i])) {
      if (path[i].empty()) return {};
      found.parameters.push_back(path[i]);
    } else if (wanted[i] != path[i]) {
      return {};
    }
  }
  if (wanted.size() != path.size()) return {};
  return found;
}

bool more_specific(const std::string& left, const std::string& right) {
  const auto a = split(left);
  const auto b = split(right);
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (rank(a[i]) != rank(b[i])) return rank(a[i]) < rank(b[i]);
  }
  return false;
}

/// What the router should answer: "pattern [parameter]...", "404" or "400".
std::string expected(const std::vector<std::string>& patterns, const std::string& target) {
  const std::vector<std::string> raw = split(target);
  std::vector<std::string> path;
  for (const std::string& segment : raw) {
    const auto decoded = decode(segment);
    if (!decoded || *decoded == "." || *decoded == "..") return "400";
    path.push_back(*decoded);
  }
  std::optional<Found> best;
  for (const std::string& pattern : patterns) {
    auto found = match_one(pattern, raw, path);
    if (found && (!best || more_specific(found->pattern, best->pattern))) best = std::move(found);
  }
  if (!best) return "404";
  if (best->slash_in_rest) return "400";
  std::string text = best->pattern;
  for (const std::string& parameter : best->parameters) text += " [" + parameter + "]";
  return text;
}

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  /// Somewhere before a slash, or at the beginning.
  std::size_t cut(const std::string& text) { return text.rfind('/', below(text.size())); }

  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }

  std::string pattern() {
    std::string text;
    const std::size_t length = 1 + below(5);
    for (std::size_t i = 0; i < length; ++i) {
      const bool last = i + 1 == length;
      const std::string name = "p" + std::to_string(i);
      if (last && chance(20)) {
        text += "/{" + name + "...}";
      } else if (chance(40)) {
        text += "/{" + name + "}";
      } else {
        text += "/" + (last && chance(20) ? std::string{} : pick(words));
      }
    }
    return text;
  }

  std::string target() {
    std::string text;
    const std::size_t length = 1 + below(chance(3) ? 40 : 6);
    for (std::size_t i = 0; i < length; ++i) text += "/" + segment();
    return text;
  }

 private:
  static inline const std::vector<std::string> words{"a", "b", "ab", "a b", "x.y", "...", "..a"};
  static inline const std::vector<std::string> raw_words{"a",   "b",   "ab",   "a%20b", "x.y", "...",   "..a", "",
                                                         "zzz", "%61", "a%62", "a%2Fb", "%2f", "%252F", "%25", "+"};
  static inline const std::vector<std::string> bad_words{".", "..", "%2e", ".%2E", "%", "%4", "%zz", "%00", "a%"};

  std::string segment() { return chance(2) ? pick(bad_words) : pick(raw_words); }
  std::size_t below(std::size_t limit) { return random_() % limit; }
  const std::string& pick(const std::vector<std::string>& from) { return from[below(from.size())]; }

  std::mt19937_64 random_;
};

/// Patterns whose names differ are the same here: a placeholder is named by its place.
std::vector<std::string> distinct_patterns(Generator& generator, std::size_t count) {
  std::vector<std::string> patterns;
  for (std::size_t i = 0; i < count; ++i) {
    std::string pattern = generator.pattern();
    if (std::find(patterns.begin(), patterns.end(), pattern) == patterns.end()) patterns.push_back(std::move(pattern));
  }
  return patterns;
}

void run(std::uint64_t seed) {
  INFO("GYRE_SEED=" << seed);
  Generator generator{seed};
  const auto patterns = distinct_patterns(generator, 1 + seed % 40);
  Router router;
  for (const std::string& pattern : patterns) {
    const auto handler = [pattern](const Request& request) {
      std::string text = pattern;
      for (unsigned i = 0; i < request.parameter_count(); ++i) {
        text.append(" [").append(request.parameter(i)).append("]");
      }
      return text;
    };
    // In a group, wherever the pattern is cut, it is the same route.
    const std::size_t cut = generator.cut(pattern);
    router.group(gyre::runtime(pattern.substr(0, cut))).get(gyre::runtime(pattern.substr(cut)), handler);
  }
  for (int i = 0; i < 200; ++i) {
    const std::string target = generator.target();
    const std::string got = web_test::get(router, target);
    const std::string wanted = expected(patterns, target);
    if (got != wanted) {
      std::string all;
      for (const std::string& pattern : patterns) all += pattern + "\n";
      INFO("target " << target << " of\n" << all);
      REQUIRE(got == wanted);
    }
  }
}

}  // namespace

TEST_CASE("the router finds what a naive matcher finds", "[web][router][random]") {
  if (const char* given = std::getenv("GYRE_SEED")) {
    run(std::strtoull(given, nullptr, 0));
  } else {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) run(seed);
  }
}
