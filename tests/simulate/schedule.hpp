#pragma once

#include "chance.hpp"
#include "guest.hpp"
#include "ledger.hpp"

#include <gyre/http/server.hpp>
#include <gyre/loop/sim/sim_loop.hpp>
#include <gyre/testing/tls.hpp>

#include <memory>
#include <vector>

namespace gyre::simulate {

/// Which schedules are over TLS.
enum class Encrypted : unsigned char { some, all };

/// One run of a server and its visitors in a simulated world: everything in it follows from the seed.
class Schedule {
 public:
  Schedule(Service& service, std::uint64_t seed, Encrypted which);

  /// What is wrong; empty if nothing is.
  std::string run();

  /// The visitors, and what they heard.
  std::string describe() const;
  std::size_t requests() const noexcept { return requests_; }
  std::size_t visitors() const noexcept { return visitors_.size(); }
  /// Those of them that speak HTTP/2.
  std::size_t h2_visitors() const noexcept { return h2_visitors_; }
  bool encrypted() const noexcept { return tls_ == testing::Tls::on; }
  /// Of all that has happened.
  std::uint64_t fingerprint() const noexcept { return loop_.fingerprint(); }

 private:
  static SimOptions draw_world(Chance& chance);
  static ServerOptions draw_server(Chance& chance);
  void draw_visitors(std::uint64_t seed);
  static testing::Tls draw_tls(Chance chance, Encrypted which, Limits& limits);

  bool network_fails() const noexcept {
    return world_.faults.resets + world_.faults.receives + world_.faults.sends > 0;
  }
  bool handshakes_give_way() const noexcept { return encrypted() && options_.limits.handshake_stall < Duration::max(); }
  Task<> serve();
  void check(const ServerStatistics& statistics);
  void check_cancellation(const Guest& visitor);
  void blame(std::string_view what) {
    if (fault_.empty()) fault_ = what;
  }

  Service& service_;
  Chance chance_;
  SimOptions world_;
  ServerOptions options_;
  testing::Tls tls_;
  Duration stops_after_ = Duration::max();
  Duration grace_{};
  SimLoop loop_;
  Ledger ledger_;
  std::vector<std::unique_ptr<Guest>> visitors_;
  std::size_t h2_visitors_ = 0;
  std::size_t requests_ = 0;
  std::string fault_;
};

}  // namespace gyre::simulate
