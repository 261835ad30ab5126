#include <gyre/http/request.hpp>

#include <gyre/wire/target.hpp>

namespace gyre {

std::optional<std::string_view> Request::query(std::string_view key) const {
  const std::optional<std::string_view> raw = wire::query_value(query(), key);
  if (!raw || raw->find_first_of("%+") == std::string_view::npos) return raw;
  auto* text = static_cast<char*>(arena_->allocate(raw->size(), 1));
  const Result<std::string_view> decoded = wire::decode_query_component(*raw, {text, raw->size()});
  return decoded ? std::optional{*decoded} : std::nullopt;
}

}  // namespace gyre
