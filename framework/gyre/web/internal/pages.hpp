#pragma once

#include <gyre/base/box.hpp>
#include <gyre/web/detail/route_scope.hpp>
#include <gyre/web/handler.hpp>
#include <gyre/web/next.hpp>

#include <array>
#include <cstddef>

namespace gyre::internal {

/// What is answered where there is no route.
enum class Page : std::uint8_t { not_found, method_not_allowed, options, bad_path, not_implemented, unavailable };
inline constexpr std::size_t page_count = 6;

/// A handler with the middleware of its place around it.
class Pipeline final : public RequestHandler {
 public:
  Pipeline(const detail::RouteScope& scope, RequestHandler& handler) noexcept
      : RequestHandler(Kind::coroutine, handler.body_use()), scope_(&scope), handler_(&handler) {
    set_options(handler.options());
    set_name(handler.name());
  }

  Response call(Request& request) override;
  Task<Response> start(Request& request) override;

 private:
  const detail::RouteScope* scope_;
  RequestHandler* handler_;
};

/// Adds Allow to what another handler answers to a method that the path does not have.
class AllowHandler final : public RequestHandler {
 public:
  explicit AllowHandler(RequestHandler& handler) noexcept
      : RequestHandler(handler.kind(), handler.body_use(), handler.views()), handler_(&handler) {
    set_options(handler.options());
    set_name(handler.name());
  }

  Response call(Request& request) override;
  Task<Response> start(Request& request) override;

 private:
  RequestHandler* handler_;
};

/// The pages that a router has without being told.
class DefaultPages {
 public:
  DefaultPages();
  RequestHandler& at(Page page) const noexcept { return *pages_[static_cast<std::size_t>(page)]; }

 private:
  std::array<Box<RequestHandler>, page_count> pages_;
};

}  // namespace gyre::internal
