#pragma once

#include <gyre/loop/operation.hpp>
#include <gyre/loop/sim/internal/chance.hpp>

namespace gyre::detail {

/// Decides what goes wrong in a simulated world.
class SimFaultSource {
 public:
  explicit SimFaultSource(const SimOptions& options) noexcept
      : faults_(options.faults), chance_(options.seed ^ 0x6661756c74730000u) {}

  /// The errno that an attempt at an operation meets, or 0.
  int meet(const Operation& operation) noexcept;
  /// True if the connection that an operation works on is reset now.
  bool resets(OperationKind kind) noexcept;
  /// The errno that opening a socket meets, or 0.
  int meet_socket() noexcept;

 private:
  SimFaults faults_;
  SimChance chance_;
};

/// What an operation of this kind may end with.
int sim_usual_error(OperationKind kind) noexcept;

/// True if a receive or a send that ends so has lost its connection.
bool sim_breaks_connection(OperationKind kind, int error) noexcept;

}  // namespace gyre::detail
