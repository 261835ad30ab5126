#pragma once

#include <gyre/http/response.hpp>

#include <string_view>

namespace gyre {

/// An answer that sends the client elsewhere (RFC 9110 15.4):
///
///     return gyre::Redirect::see_other("/orders/7");
///
/// Location goes out as given, a path or a whole URL. Each throws `Failure` (`Errc::invalid_argument`) for a text that
/// is empty or has anything but the visible ASCII characters of a URI, backslashes among what is refused: no line ends,
/// no blanks, no quotes. Whether a client may choose the place is the handler's business: "//elsewhere.example" is a
/// path only at first sight.
class Redirect : public Response {
 public:
  /// 303: look there with GET. What usually follows a POST.
  static Redirect see_other(std::string_view location) { return {Status::see_other, location}; }
  /// 307: this time there, with the same method and body.
  static Redirect temporary(std::string_view location) { return {Status::temporary_redirect, location}; }
  /// 308: always there, with the same method and body. Clients remember it.
  static Redirect permanent(std::string_view location) { return {Status::permanent_redirect, location}; }
  /// 302: as 307, but a POST may become a GET.
  static Redirect found(std::string_view location) { return {Status::found, location}; }
  /// 301: as 308, but a POST may become a GET.
  static Redirect moved_permanently(std::string_view location) { return {Status::moved_permanently, location}; }

 private:
  Redirect(Status status, std::string_view location);
};

namespace detail {
/// Checks it as `Redirect` does.
void add_location(Response& response, std::string_view location);
}  // namespace detail

}  // namespace gyre
