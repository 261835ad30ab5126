#include <gyre/web/middleware/request_id.hpp>

#include <gyre/base/error.hpp>
#include <gyre/http/request.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/web/error.hpp>
#include <gyre/web/internal/request_fields.hpp>
#include <gyre/web/internal/setup.hpp>
#include <gyre/wire/fields.hpp>

#include <utility>

namespace gyre {
namespace {

constexpr std::size_t size_max = 128;

char* write_hexadecimal(std::uint64_t number, char* out) noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) *out++ = digits[(number >> static_cast<unsigned>(shift)) & 15U];
  return out;
}

std::string_view make_id(Request& request, Loop& loop) {
  char text[32];
  (void)write_hexadecimal(loop.random(), write_hexadecimal(loop.random(), text));
  return request.arena().copy({text, sizeof text});
}

std::string_view choose_id(Request& request, Loop& loop, const RequestIdOptions& options) {
  if (options.trust == RequestIdTrust::client) {
    const std::string_view given = internal::only_field(request, options.header).value_or(std::string_view{});
    if (is_token(given) && given.size() <= size_max) return given;
  }
  return make_id(request, loop);
}

Task<Response> identify(Request& request, Next next, const RequestIdOptions& options) {
  Context& context = co_await this_context();
  const std::string_view id = choose_id(request, Loop::of(context), options);
  request.extensions().set(RequestId{id});
  Task<Response> task = next(request);
  Response response = co_await std::move(task);
  response.set(options.header, id);
  co_return std::move(response);
}

}  // namespace

std::string_view request_id_of(const Request& request) noexcept {
  const RequestId* id = request.extensions().find<RequestId>();
  return id == nullptr ? std::string_view{} : id->text;
}

Middleware request_id(RequestIdOptions options, std::source_location where) {
  try {
    (void)Response{}.with(options.header, "id");
  } catch (const Failure&) {
    throw SetupError{internal::place_text(where) + ": request_id: " + internal::quoted(options.header) +
                     " is no field that an answer may have"};
  }
  auto wrap = [options = std::move(options)](Request& request, Next next) { return identify(request, next, options); };
  return Middleware{std::move(wrap), where};
}

}  // namespace gyre
