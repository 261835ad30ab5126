#pragma once

#include <gyre/http/response.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace gyre {

/// 200 with bytes of any media type: `return gyre::Content{"image/png", bytes};`. The type is copied; the bytes are
/// borrowed or owned as `Response` does it. Throws `Failure` (`Errc::invalid_argument`) if the type is no field value.
class Content : public Response {
 public:
  Content(std::string_view type, const char* text) : Content(type, std::string_view{text}) {}
  Content(std::string_view type, std::string_view bytes) : Response(bytes) { add("Content-Type", type); }
  Content(std::string_view type, std::string&& bytes) : Response(std::move(bytes)) { add("Content-Type", type); }
  Content(std::string_view type, const std::string& bytes) : Content(type, std::string{bytes}) {}
};

}  // namespace gyre
