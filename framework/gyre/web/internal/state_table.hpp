#pragma once

#include <gyre/base/box.hpp>
#include <gyre/base/callback.hpp>
#include <gyre/base/shared.hpp>
#include <gyre/http/service.hpp>

#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace gyre::internal {

/// What the application gave for its handlers to use.
class StateTable {
 public:
  using Maker = Callback<Shared<void>(Loop&)>;

  /// One value, or how it is made on a loop.
  struct State {
    std::uint32_t number;
    std::string_view type;
    std::source_location where;
    Shared<void> shared;
    Maker make;
  };

  /// Throws `SetupError` if there is one of its number.
  void add(State state);
  /// Takes over those of a router that is mounted.
  void add_all(StateTable& other);

  bool has(std::uint32_t number) const noexcept;

  /// What there is without a loop.
  const LoopValues* shared() const noexcept { return &shared_; }
  /// All of it, for one loop. Throws what making one throws.
  Box<LoopValues> values_for(Loop& loop) const;

 private:
  class Values final : public LoopValues {
   public:
    ~Values() override;
    void add(std::uint32_t number, Shared<void> value);

   private:
    std::vector<Shared<void>> owned_;
  };

  std::vector<State> states_;
  Values shared_;
};

}  // namespace gyre::internal
