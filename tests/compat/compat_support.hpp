#pragma once

#include <gyre/compat/callback_handler.hpp>
#include <gyre/gyre.hpp>
#include <gyre/testing/testing.hpp>

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What tests of callback handlers have in common.
namespace compat_test {

using namespace std::chrono_literals;

inline gyre::CallbackCounts counts_of(const gyre::Router& router, std::string_view pattern) {
  for (const gyre::RouteInfo& route : router.routes()) {
    if (route.pattern != pattern) continue;
    if (const auto* callback = dynamic_cast<const gyre::detail::CallbackRoute*>(route.handler)) {
      return callback->counts();
    }
  }
  FAIL("no callback route " << pattern);
  return {};
}

/// The counts that are not 0: "requests 1, in_call 1".
inline std::string text_of(const gyre::CallbackCounts& counts) {
  std::string text;
  const auto add = [&](const char* name, std::uint64_t count) {
    if (count == 0) return;
    if (!text.empty()) text += ", ";
    text.append(name).append(" ").append(std::to_string(count));
  };
  add("requests", counts.requests);
  add("in_call", counts.in_call);
  add("later", counts.later);
  add("twice", counts.twice);
  add("dropped", counts.dropped);
  add("late", counts.late);
  add("threw", counts.threw);
  add("threw_after", counts.threw_after);
  add("cancelled", counts.cancelled);
  add("shed", counts.shed);
  add("blocked_loop", counts.blocked_loop);
  return text;
}

inline std::string counted(const gyre::Router& router, std::string_view pattern) {
  return text_of(counts_of(router, pattern));
}

/// What an application's error hook was told.
class Told {
 public:
  explicit Told(gyre::Router& router) {
    router.on_error([this](const gyre::ErrorReport& report) { texts_.emplace_back(report.text); });
  }
  const std::vector<std::string>& texts() const noexcept { return texts_; }
  /// How many of the texts have `part` in them.
  std::size_t count(std::string_view part) const {
    std::size_t found = 0;
    for (const std::string& text : texts_) found += text.find(part) != std::string::npos;
    return found;
  }

 private:
  std::vector<std::string> texts_;
};

/// Runs a body with a few seeds, the bytes in pieces.
inline void run(gyre::App& app, const gyre::testing::TestBody& body, gyre::testing::Options options = {},
                std::uint64_t seeds = 5) {
  options.sim.split_chunks = true;
  gyre::testing::run_seeds(app, seeds, body, options);
}

}  // namespace compat_test
