#include <gyre/testing/transport.hpp>

#include <gyre/loop/make_loop.hpp>
#include <gyre/testing/failure.hpp>

#include <cstdio>
#include <cstdlib>

namespace gyre::testing {
namespace {

Result<std::unique_ptr<Loop>> try_loop(Transport transport) {
  LoopOptions options;
  options.backend = transport == Transport::uring ? Backend::uring : Backend::epoll;
  return gyre::make_loop(options);
}

std::string missing(Transport transport, Error error) {
  return "no " + std::string{name(transport)} + " loop on this machine: " + error.message();
}

}  // namespace

std::string_view name(Transport transport) noexcept {
  switch (transport) {
    case Transport::sim: return "sim";
    case Transport::uring: return "uring";
    case Transport::epoll: return "epoll";
  }
  return "unknown";
}

bool available(Transport transport) { return why_unavailable(transport).empty(); }

std::string why_unavailable(Transport transport) {
  if (transport == Transport::sim) return {};
  const auto loop = try_loop(transport);
  return loop ? std::string{} : missing(transport, loop.error());
}

std::vector<Transport> all_transports() {
  const bool all_wanted = std::getenv("GYRE_ALL_LOOPS") != nullptr;
  std::vector<Transport> found;
  for (const Transport transport : {Transport::sim, Transport::uring, Transport::epoll}) {
    const std::string why_not = all_wanted ? std::string{} : why_unavailable(transport);
    if (why_not.empty()) {
      found.push_back(transport);
    } else {
      std::fprintf(stderr, "gyre::testing: NOT TESTED on %s: %s\n", name(transport).data(), why_not.c_str());
    }
  }
  return found;
}

void for_each_transport(const Callback<void(Transport transport)>& body) {
  for (const Transport transport : all_transports()) {
    try {
      body(transport);
    } catch (...) {
      std::fprintf(stderr, "gyre::testing: failed on %s\n", name(transport).data());
      throw;
    }
  }
}

std::unique_ptr<Loop> make_loop(Transport transport, const SimOptions& sim) {
  if (transport == Transport::sim) return std::make_unique<SimLoop>(sim);
  Result<std::unique_ptr<Loop>> loop = try_loop(transport);
  if (!loop) throw Unavailable{missing(transport, loop.error())};
  return std::move(*loop);
}

}  // namespace gyre::testing
