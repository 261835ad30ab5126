#include <gyre/web/middleware/deadline_field.hpp>

#include <gyre/http/request.hpp>
#include <gyre/web/error.hpp>
#include <gyre/web/handler.hpp>
#include <gyre/web/internal/setup.hpp>
#include <gyre/wire/fields.hpp>
#include <gyre/wire/target.hpp>

#include <optional>

namespace gyre {
namespace {

struct Unit {
  char letter;
  std::int64_t nanoseconds;
};

/// Of grpc-timeout, the finest first.
constexpr Unit units[] = {{'n', 1},
                          {'u', 1'000},
                          {'m', 1'000'000},
                          {'S', 1'000'000'000},
                          {'M', 60 * std::int64_t{1'000'000'000}},
                          {'H', 3600 * std::int64_t{1'000'000'000}}};
constexpr std::int64_t grpc_largest = 99'999'999;  // eight digits

Duration multiply(std::uint64_t count, std::int64_t nanoseconds) noexcept {
  const auto fits = static_cast<std::uint64_t>(Duration::max().count() / nanoseconds);
  return count > fits ? Duration::max() : Duration{static_cast<std::int64_t>(count) * nanoseconds};
}

Result<Duration> parse_milliseconds(std::string_view text) noexcept {
  const Result<std::uint64_t> count = wire::parse_integer<std::uint64_t>(text);
  if (count) return multiply(*count, 1'000'000);
  if (count.error() == Errc::limit_exceeded) return Duration::max();
  return Errc::bad_message;
}

Result<Duration> parse_grpc(std::string_view text) noexcept {
  constexpr std::size_t digits_max = 8;
  if (text.size() < 2 || text.size() > digits_max + 1) return Errc::bad_message;
  const Result<std::uint64_t> count = wire::parse_integer<std::uint64_t>(text.substr(0, text.size() - 1));
  if (!count) return Errc::bad_message;
  for (const Unit& unit : units) {
    if (unit.letter == text.back()) return multiply(*count, unit.nanoseconds);
  }
  return Errc::bad_message;
}

/// The one field of that name: nothing if there is none, an empty text (which no format takes) if there are several.
std::optional<std::string_view> only_field(const Request& request, std::string_view name) noexcept {
  std::optional<std::string_view> found;
  for (const wire::FieldView field : request.head()) {
    if (!equal_ignoring_case(field.name, name)) continue;
    if (found) return "";
    found = field.value;
  }
  return found;
}

Task<Response> limited(Request& request, Next next, std::string_view name, DeadlineFormat format, Status status) {
  const std::optional<std::string_view> field = only_field(request, name);
  if (!field) return next(request);
  const Result<Duration> length = detail::parse_timeout(format, *field);
  if (!length)
    return detail::answering_task(Response::problem(Status::bad_request, std::string{name} + " is no timeout"));
  if (*length == Duration::zero()) return detail::answering_task(Response::problem(status));
  request.limit_deadline(*length, status);
  return next(request);
}

}  // namespace

Middleware deadline_from(std::string name, DeadlineFormat format, DeadlineFieldOptions options,
                         std::source_location where) {
  if (!is_token(name)) {
    throw SetupError{internal::place_text(where) + ": deadline_from: " + internal::quoted(name) + " is no field name"};
  }
  auto limit = [name = std::move(name), format, status = options.status](Request& request, Next next) {
    return limited(request, next, name, format, status);
  };
  return Middleware{std::move(limit), where};
}

std::string timeout_field(DeadlineFormat format, Duration left) {
  const std::int64_t nanoseconds = left < Duration::zero() ? 0 : left.count();
  if (format == DeadlineFormat::milliseconds) return std::to_string(nanoseconds / 1'000'000);
  const Unit* unit = units;
  while (nanoseconds / unit->nanoseconds > grpc_largest) ++unit;  // hours always fit
  return std::to_string(nanoseconds / unit->nanoseconds) + unit->letter;
}

Result<Duration> detail::parse_timeout(DeadlineFormat format, std::string_view text) noexcept {
  return format == DeadlineFormat::milliseconds ? parse_milliseconds(text) : parse_grpc(text);
}

}  // namespace gyre
