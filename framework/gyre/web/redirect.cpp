#include <gyre/web/redirect.hpp>

#include <gyre/base/error.hpp>

#include <algorithm>

namespace gyre {

Redirect::Redirect(Status status, std::string_view location) : Response(status) {
  detail::add_location(*this, location);
}

void detail::add_location(Response& response, std::string_view location) {
  const auto fits = [](char c) {
    return c > 0x20 && c < 0x7f && std::string_view{R"("<>\^`{|})"}.find(c) == std::string_view::npos;
  };
  if (location.empty() || !std::all_of(location.begin(), location.end(), fits)) throw Failure{Errc::invalid_argument};
  response.add("Location", location);
}

}  // namespace gyre
