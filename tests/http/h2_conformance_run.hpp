#pragma once

#include "h2_conformance_case.hpp"
#include "h2_site.hpp"

namespace gyre::test::h2 {

/// How the bytes of a case are handed over.
enum class Delivery : unsigned char { at_once, bytewise };

inline ServerOptions options_of(Preset preset) {
  ServerOptions options;
  if (preset == Preset::untabled) options.limits.h2.header_table = 0;
  return options;
}

/// The largest piece of `bytes` at a time; for those of a whole body larger ones, for time's sake.
inline std::size_t piece_of(std::string_view bytes, Delivery delivery) {
  if (delivery == Delivery::at_once) return bytes.size();
  return bytes.size() > 4'000 ? bytes.size() / 97 : 1;
}

/// A case on a connection of its own: what came of it.
inline Task<std::string> outcome_of(H2Site& site, const Case& test, Delivery delivery) {
  Stream stream = co_await site.connect();
  H2Client client(std::move(stream));
  std::size_t first = 0;
  if (test.begin == Begin::greeted) {
    co_await client.greet();
    first = client.heard().events();
  }
  for (const std::string& step : test.steps) {
    const bool last = &step == &test.steps.back();
    if (client.ended()) break;
    const std::size_t piece = piece_of(step, delivery);
    for (std::size_t at = 0; at < step.size(); at += piece) {
      if (at != 0) co_await sleep_for(1ns);  // lets the server have what was sent
      co_await client.send(step.substr(at, piece));
    }
    if (!last || test.begin == Begin::greeted) {
      co_await client.settle();
    } else {
      co_await client.settle_if_greeted();
    }
  }
  // Nobody else pays for it.
  const std::string other = co_await ask_once(site, "/");
  if (other != "1:200(5) ") co_return "another connection got " + other;
  if (!client.heard().fault().empty()) co_return "the server itself: " + client.heard().fault();
  co_return client.heard().text(first) + (client.ended() ? "ended" : "alive");
}

/// What is wrong, or nothing.
inline Task<std::string> run(H2Site& site, const Case& test, Delivery delivery) {
  std::string outcome = co_await outcome_of(site, test, delivery);
  if (outcome == test.outcome) co_return std::string();
  co_return test.what + (delivery == Delivery::bytewise ? ", byte by byte" : ", at once") + "\n  expected  " +
      test.outcome + "\n  came      " + outcome + "\n";
}

}  // namespace gyre::test::h2
