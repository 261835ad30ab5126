#include <gyre/web/state.hpp>

#include <gyre/web/internal/router_core.hpp>

#include <atomic>

namespace gyre::detail {

std::uint32_t next_type_number() noexcept {
  static std::atomic<std::uint32_t> next{0};
  return next.fetch_add(1, std::memory_order_relaxed);
}

const LoopValues* values_without_server(const Request& request) noexcept {
  const auto* scope = static_cast<const RouteScope*>(request.place());
  return scope == nullptr ? nullptr : scope->core->states.shared();
}

void value_missing(const Need& need) {
  throw std::logic_error{"there is no " + std::string{need.parameter} + ": add it with " + std::string{need.remedy}};
}

}  // namespace gyre::detail
