#pragma once

#include <gyre/http/response.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace gyre {

/// 200 of `text/html; charset=utf-8`: `return gyre::Html{page};`. Text is borrowed or owned as `Response` does it, and
/// nothing in it is escaped.
class Html : public Response {
 public:
  explicit Html(const char* text) : Html(std::string_view{text}) {}
  explicit Html(std::string_view text) : Response(text) { set_content_type(type); }
  explicit Html(std::string&& text) : Response(std::move(text)) { set_content_type(type); }
  explicit Html(const std::string& text) : Html(std::string{text}) {}

 private:
  static constexpr std::string_view type = "text/html; charset=utf-8";
};

}  // namespace gyre
