#include <gyre/web/middleware/hsts.hpp>

#include <gyre/http/request.hpp>
#include <gyre/http/response.hpp>
#include <gyre/web/error.hpp>
#include <gyre/web/internal/scheme.hpp>
#include <gyre/web/internal/setup.hpp>

#include <string>
#include <utility>

namespace gyre {
namespace {

constexpr std::string_view field_name = "Strict-Transport-Security";
constexpr std::chrono::hours preload_min{24 * 365};

std::string field_value(const HstsOptions& options) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options.max_age);
  std::string value = "max-age=" + std::to_string(seconds.count());
  if (options.include_subdomains) value += "; includeSubDomains";
  if (options.preload) value += "; preload";
  return value;
}

Task<Response> promise(Request& request, Next next, std::string_view value) {
  Task<Response> task = next(request);
  Response response = co_await std::move(task);
  response.set(field_name, value);
  co_return std::move(response);
}

}  // namespace

Middleware hsts(HstsOptions options, std::source_location where) {
  const auto refuse = [&where](const char* what) { throw SetupError{internal::place_text(where) + ": hsts: " + what}; };
  if (options.max_age < Duration::zero()) refuse("max_age is negative");
  if (options.preload && (options.max_age < preload_min || !options.include_subdomains)) {
    refuse("preload needs include_subdomains, and a max_age of a year at least");
  }
  auto wrap = [value = field_value(options), trust = options.trust](Request& request, Next next) {
    return internal::came_by_https(request, trust) ? promise(request, next, value) : next(request);
  };
  return Middleware{std::move(wrap), where};
}

}  // namespace gyre
