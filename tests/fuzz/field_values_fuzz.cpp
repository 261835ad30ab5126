// Any bytes as the value of each field that wire/ can read: no reader looks beyond its text or fails otherwise than by
// saying so, and what was read can be written and read again. The text stands in a block of exactly its size.

#include <gyre/base/assert.hpp>
#include <gyre/wire/authorization.hpp>
#include <gyre/wire/base64.hpp>
#include <gyre/wire/conditional.hpp>
#include <gyre/wire/digest.hpp>
#include <gyre/wire/http_date.hpp>
#include <gyre/wire/media_type.hpp>
#include <gyre/wire/multipart_boundary.hpp>
#include <gyre/wire/negotiation.hpp>
#include <gyre/wire/parameters.hpp>
#include <gyre/wire/path.hpp>
#include <gyre/wire/quoted_string.hpp>

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace gyre;
using namespace gyre::wire;
using namespace std::string_view_literals;

constexpr std::int64_t now = 1'785'000'000;

void check_texts(std::string_view text, std::span<char> buffer) {
  if (const Result<std::string_view> plain = unquote(text, buffer)) {
    GYRE_ASSERT(unquotes_to(text, *plain));
    std::string quoted;
    GYRE_ASSERT(append_quoted(quoted, *plain) && unquotes_to(quoted, *plain));
  }
  for (const Base64 form : {Base64::standard, Base64::url}) {
    std::vector<std::byte> bytes(base64_decoded_bound(text.size()));
    const Result<Bytes> decoded = decode_base64(text, form, bytes);
    if (!decoded) continue;
    std::string again;
    append_base64(again, *decoded, form);
    GYRE_ASSERT(again == text);
  }
  if (const auto date = parse_http_date(text, now)) {
    char fixed[http_date_size];
    format_http_date(*date, fixed);
    GYRE_ASSERT(*date > 253'402'300'799 || parse_http_date({fixed, sizeof fixed}, now) == date);
  }
  const Result<RelativePath> path = relative_file_path(text, buffer);
  if (path && !path->text.empty()) {
    const std::string below = "/" + std::string(path->text) + "/";
    for (const std::string_view bad : {"/../"sv, "/./"sv, "//"sv, "\\"sv, "\0"sv}) {
      GYRE_ASSERT(below.find(bad) == std::string::npos);
    }
  }
}

void check_types(std::string_view text) {
  if (const auto type = parse_media_type(text)) {
    GYRE_ASSERT(type->is(std::string(type->type) + "/" + std::string(type->subtype)));
    GYRE_ASSERT(are_parameters(type->parameters));
  }
  if (const auto boundary = MultipartBoundary::from_content_type(text)) {
    GYRE_ASSERT(MultipartBoundary::from_text(boundary->text()).has_value());
  }
  (void)media_type_of_file(text);
  const std::array offered = {"text/html; charset=utf-8"sv, "application/json"sv, "a/b;x=\"1\""sv};
  const auto index = choose_media_type(text, offered);
  GYRE_ASSERT(!index || *index < offered.size());
  const std::array codings = {"br"sv, "gzip"sv};
  const auto coding = choose_encoding(text, codings);
  GYRE_ASSERT(!coding || *coding == "br" || *coding == "gzip" || *coding == "identity");
}

void check_conditions(std::string_view text) {
  const Validators current{.entity_tag = EntityTag{"a"}, .last_modified = 784'111'777, .last_modified_is_strong = true};
  for (const Method method : {Method::get, Method::put}) {
    (void)evaluate_conditions(method, {.if_match = text}, current, now);
    (void)evaluate_conditions(method, {.if_none_match = text}, current, now);
    (void)evaluate_conditions(method, {.if_unmodified_since = text, .if_modified_since = text, .if_range = text},
                              current, now);
  }
  if (const auto tag = parse_entity_tag(text)) {
    std::string again;
    GYRE_ASSERT(append_entity_tag(again, *tag));
    GYRE_ASSERT(equal_weakly(parse_entity_tag(again).value(), *tag));
  }
}

void check_credentials(std::string_view text, std::span<char> buffer) {
  if (const auto basic = parse_basic(text, buffer)) {
    GYRE_ASSERT(basic->user.find(':') == std::string_view::npos);
  }
  (void)parse_bearer(text);
  const auto digest = parse_digest(text, buffer);
  if (!digest) return;
  const DigestHash hash = [](std::string_view message, std::span<char, digest_digits_max> digits) noexcept {
    digits[0] = static_cast<char>('a' + message.size() % 6);
    return std::size_t{1};
  };
  GYRE_ASSERT(digest_response(*digest, {.secret = "x", .method = "GET"}, hash).size() == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::unique_ptr<char[]> block(new char[size]);
  if (size != 0) std::memcpy(block.get(), data, size);
  const std::string_view text(block.get(), size);
  std::vector<char> buffer(size);
  check_texts(text, buffer);
  check_types(text);
  check_conditions(text);
  check_credentials(text, buffer);
  return 0;
}
