#include <gyre/wire/form.hpp>

#include <gyre/wire/internal/characters.hpp>

namespace gyre::wire {

std::size_t form_decoded_bound(std::string_view form) noexcept {
  return form.find_first_of("%+") == std::string_view::npos ? 0 : form.size();
}

bool FormPairs::next() noexcept {
  if (error_ || !pairs_.next()) return false;
  if (left_ == 0) {
    error_ = Errc::limit_exceeded;
    return false;
  }
  --left_;
  return decode(pairs_.key(), name_) && decode(pairs_.value(), value_);
}

bool FormPairs::decode(std::string_view raw, std::string_view& decoded) noexcept {
  const Result<std::string_view> result = decode_query_component(raw, buffer_);
  if (!result) {
    error_ = result.error();
    return false;
  }
  decoded = *result;
  if (decoded.data() != raw.data()) buffer_ = buffer_.subspan(decoded.size());
  return true;
}

void append_form_component(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (internal::is_class(c, internal::char_alphanumeric) || c == '*' || c == '-' || c == '.' || c == '_') {
      out += c;
    } else if (c == ' ') {
      out += '+';
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += "0123456789ABCDEF"[byte >> 4U];
      out += "0123456789ABCDEF"[byte & 0xfU];
    }
  }
}

FormWriter& FormWriter::add(std::string_view name, std::string_view value) {
  if (!first_) out_ += '&';
  first_ = false;
  append_form_component(out_, name);
  out_ += '=';
  append_form_component(out_, value);
  return *this;
}

}  // namespace gyre::wire
