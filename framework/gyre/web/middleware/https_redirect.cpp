#include <gyre/web/middleware/https_redirect.hpp>

#include <gyre/http/request.hpp>
#include <gyre/web/error.hpp>
#include <gyre/web/handler.hpp>
#include <gyre/web/internal/scheme.hpp>
#include <gyre/web/internal/setup.hpp>
#include <gyre/web/redirect.hpp>
#include <gyre/wire/authority.hpp>

#include <optional>
#include <string_view>

namespace gyre {
namespace {

constexpr std::uint16_t https_port = 443;

/// For any method; nothing if it is no status for this.
std::optional<Status> keeping_method(Status status) noexcept {
  switch (status) {
    case Status::permanent_redirect:
    case Status::moved_permanently: return Status::permanent_redirect;
    case Status::temporary_redirect:
    case Status::found: return Status::temporary_redirect;
    default: return std::nullopt;
  }
}

/// Targets may hold visible characters that no URI has, and that `Location` must not.
void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view refused = R"("<>\^`{|})";
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && refused.find(c) == std::string_view::npos) {
      out += c;
    } else {
      ((out += '%') += digits[byte >> 4U]) += digits[byte & 15U];
    }
  }
}

Response redirection(const Request& request, const HttpsRedirectOptions& options) {
  const std::optional<wire::Authority> authority = wire::parse_authority(request.head().host());
  if (!authority) return Response::problem(Status::bad_request, "no host that https could be spoken with");
  std::string location = "https://" + std::string{authority->host};
  if (options.port != https_port) (location += ':') += std::to_string(options.port);
  // A target "*" stands for a URI without a path (RFC 9112 3.2.4).
  if (request.path().starts_with('/')) append_escaped(location, request.path());
  if (!request.query().empty()) append_escaped(location += '?', request.query());
  const bool any = request.method() == Method::get || request.method() == Method::head;
  Response response{any ? options.status : *keeping_method(options.status)};
  detail::add_location(response, location);
  return response;
}

Task<Response> redirect(Request& request, Next next, const HttpsRedirectOptions& options) {
  const bool kept = !options.left_alone.empty() && request.path().starts_with(options.left_alone);
  if (kept || internal::came_by_https(request, options.trust)) return next(request);
  return detail::answering_task(redirection(request, options));
}

}  // namespace

Middleware https_redirect(HttpsRedirectOptions options, std::source_location where) {
  const auto refuse = [&where](const std::string& what) {
    throw SetupError{internal::place_text(where) + ": https_redirect: " + what};
  };
  if (!keeping_method(options.status)) refuse("the status has to be 301, 302, 307 or 308");
  if (options.port == 0) refuse("port 0 is no port");
  if (!options.left_alone.empty() && options.left_alone.front() != '/') {
    refuse(internal::quoted(options.left_alone) + " does not begin with \"/\"");
  }
  auto wrap = [options = std::move(options)](Request& request, Next next) { return redirect(request, next, options); };
  return Middleware{std::move(wrap), where};
}

}  // namespace gyre
