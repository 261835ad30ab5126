#include <gyre/web/internal/request_path.hpp>

#include <gyre/wire/target.hpp>

#include <cstddef>
#include <span>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace gyre::internal {
namespace {

/// Where the slashes of the next bytes of a path are, bit by bit, and whether there is a percent sign among the bytes.
struct Marks {
  static constexpr std::size_t bytes = 16;
  unsigned slashes = 0;
  bool percent = false;
};

/// Of the bytes [at, end), at most `Marks::bytes` of them. `begin` is where the readable bytes begin.
Marks marks_of(const char* at, const char* end, [[maybe_unused]] const char* begin) noexcept {
  const auto left = static_cast<std::size_t>(end - at);
#if defined(__SSE2__)
  if (end - begin >= 16) [[likely]] {
    // The last bytes are read together with those before them, which are then shifted out.
    const std::size_t behind = left < 16 ? 16 - left : 0;
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at - behind));
    const auto bits = [&](char c) {
      return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(c)))) >> behind;
    };
    return {bits('/'), bits('%') != 0};
  }
#endif
  Marks marks;
  for (std::size_t i = 0; i < left && i < Marks::bytes; ++i) {
    if (at[i] == '/') marks.slashes |= 1U << i;
    marks.percent |= at[i] == '%';
  }
  return marks;
}

std::span<char> room_for(std::string_view text, const Request& request) {
  return {static_cast<char*>(request.arena().allocate(text.size(), 1)), text.size()};
}

bool has_escaped_slash(std::string_view text) noexcept {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    const std::string_view escape = text.substr(at, 3);
    if (escape == "%2F" || escape == "%2f") return true;
  }
  return false;
}

}  // namespace

bool RequestPath::assign(const Request& request) {
  const std::string_view path = request.path();
  if (!path.starts_with('/') || !split(path)) return false;
  return !escaped_ || decode(request);
}

/// One pass over the bytes. Refuses plain dot segments; those with escapes are `decode`'s.
bool RequestPath::split(std::string_view path) noexcept {
  const char* end = path.data() + path.size();
  const char* begin = path.data() + 1;
  for (const char* at = begin; at < end; at += Marks::bytes) {
    const Marks marks = marks_of(at, end, path.data());
    escaped_ |= marks.percent;
    for (unsigned slashes = marks.slashes; slashes != 0; slashes &= slashes - 1) {
      const char* slash = at + __builtin_ctz(slashes);
      if (!add(begin, slash)) return false;
      begin = slash + 1;
    }
  }
  return add(begin, end);
}

bool RequestPath::add(const char* begin, const char* end) noexcept {
  const auto size = static_cast<std::uint32_t>(end - begin);
  if (size != 0 && size <= 2 && begin[0] == '.' && begin[size - 1] == '.') return false;
  if (count_ == detail::pattern_segments_max) {
    more_ = true;
  } else {
    pieces_[count_++] = {begin, size};
  }
  return true;
}

bool RequestPath::decode(const Request& request) {
  std::span<char> room = room_for(request.path(), request);
  unsigned index = 0;
  for (wire::PathSegments segments{request.path()}; segments.next(); ++index) {
    if (wire::is_dot_segment(segments.segment())) return false;
    const Result<std::string_view> decoded = wire::decode_path_segment(segments.segment(), room);
    if (!decoded) return false;
    if (index < count_) pieces_[index] = {decoded->data(), static_cast<std::uint32_t>(decoded->size())};
    if (decoded->data() == room.data()) room = room.subspan(decoded->size());
  }
  return true;
}

std::optional<std::string_view> RequestPath::rest(unsigned index, const Request& request) const {
  const std::string_view path = request.path();
  std::size_t begin = 1;
  for (unsigned skipped = 0; skipped < index; ++skipped) begin = path.find('/', begin) + 1;
  const std::string_view raw = path.substr(begin);
  if (!escaped_ || raw.find('%') == std::string_view::npos) return raw;
  if (has_escaped_slash(raw)) return std::nullopt;
  const Result<std::string_view> decoded = wire::decode_path_segment(raw, room_for(raw, request));
  return decoded ? std::optional(*decoded) : std::nullopt;
}

}  // namespace gyre::internal
