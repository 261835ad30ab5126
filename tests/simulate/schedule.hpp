#pragma once

#include "ledger.hpp"
#include "visitor.hpp"

#include <gyre/http/server.hpp>
#include <gyre/loop/sim/sim_loop.hpp>

#include <memory>
#include <vector>

namespace gyre::simulate {

/// One run of a server and its visitors in a simulated world: everything in it follows from the seed.
class Schedule {
 public:
  Schedule(Service& service, std::uint64_t seed);

  /// What is wrong; empty if nothing is.
  std::string run();

  /// The visitors, and what they heard.
  std::string describe() const;
  std::size_t requests() const noexcept { return requests_; }
  std::size_t visitors() const noexcept { return visitors_.size(); }

 private:
  static SimOptions draw_world(Chance& chance);
  static ServerOptions draw_server(Chance& chance);

  bool network_fails() const noexcept {
    return world_.faults.resets + world_.faults.receives + world_.faults.sends > 0;
  }
  Task<> serve();
  void check(const ServerStatistics& statistics);
  void check_cancellation(const Visitor& visitor);
  void blame(std::string_view what) {
    if (fault_.empty()) fault_ = what;
  }

  Service& service_;
  Chance chance_;
  SimOptions world_;
  ServerOptions options_;
  Duration stops_after_ = Duration::max();
  Duration grace_{};
  SimLoop loop_;
  Ledger ledger_;
  std::vector<std::unique_ptr<Visitor>> visitors_;
  std::size_t requests_ = 0;
  std::string fault_;
};

}  // namespace gyre::simulate
