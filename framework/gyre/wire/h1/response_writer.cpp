#include <gyre/wire/h1/response_writer.hpp>

#include <gyre/wire/fields.hpp>
#include <gyre/wire/internal/byte_scan.hpp>
#include <gyre/wire/internal/status_table.hpp>

#include <array>
#include <cstring>

namespace gyre::wire {
namespace {

/// A status line, padded so that one copy of fixed size does it.
struct StatusLine {
  char text[63] = {};
  std::uint8_t size = 0;
};
constexpr std::size_t copied_size = 48;

/// What the texts of a head do not count: a copied status line, and the constant parts of the longest lines, which are
/// Content-Type, Transfer-Encoding or Content-Length with 20 digits, Connection, and the empty line.
constexpr std::size_t constant_bound = 256;

constexpr StatusLine make_line(int number, std::string_view text) noexcept {
  StatusLine line;
  char* out = line.text;
  for (const char c : std::string_view("HTTP/1.1 ")) *out++ = c;
  *out++ = static_cast<char>('0' + number / 100);
  *out++ = static_cast<char>('0' + number / 10 % 10);
  *out++ = static_cast<char>('0' + number % 10);
  *out++ = ' ';
  for (const char c : text) *out++ = c;
  *out++ = '\r';
  *out++ = '\n';
  line.size = static_cast<std::uint8_t>(out - line.text);
  return line;
}

/// As `registered_statuses`; the first is not used.
constexpr std::array<StatusLine, internal::registered_count> status_lines = [] {
  std::array<StatusLine, internal::registered_count> lines{};
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const internal::RegisteredStatus& known = internal::registered_statuses[i];
    lines[i] = make_line(code(known.status), known.reason);
    if (lines[i].size > copied_size) throw "the copy is too short";  // at compile time
  }
  return lines;
}();

/// A text that is known to the compiler: a few moves.
template <std::size_t size>
char* put(char* out, const char (&text)[size]) noexcept {
  std::memcpy(out, text, size - 1);
  return out + size - 1;
}

/// A short text of any length, by moves that overlap at its end: quicker than a call of memcpy.
char* put_short(char* out, std::string_view text) noexcept {
  const char* const from = text.data();
  const std::size_t size = text.size();
  if (size >= 16) {
    for (std::size_t i = 0; i + 16 < size; i += 16) std::memcpy(out + i, from + i, 16);
    std::memcpy(out + size - 16, from + size - 16, 16);
  } else if (size >= 8) {
    std::memcpy(out, from, 8);
    std::memcpy(out + size - 8, from + size - 8, 8);
  } else if (size >= 4) {
    std::memcpy(out, from, 4);
    std::memcpy(out + size - 4, from + size - 4, 4);
  } else {
    for (std::size_t i = 0; i < size; ++i) out[i] = from[i];
  }
  return out + size;
}

char* put_line_of(char* out, const StatusLine& line) noexcept {
  std::memcpy(out, line.text, copied_size);
  return out + line.size;
}

char* put_status_line(char* out, Status status) noexcept {
  if (const std::size_t index = internal::registered_index(status); index != 0) {
    return put_line_of(out, status_lines[index]);
  }
  if (code(status) < 100 || code(status) > 999) return put_status_line(out, Status::internal_server_error);
  return put_line_of(out, make_line(code(status), {}));
}

char* put_number(char* out, std::uint64_t number) noexcept {
  char digits[20];
  char* const end = digits + sizeof digits;
  char* first = end;
  do {
    *--first = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  return put_short(out, {first, static_cast<std::size_t>(end - first)});
}

/// One line of a field whose name (with colon and space) is ours; nullptr if its value must not be sent.
template <std::size_t size>
char* put_line(char* out, const char (&name)[size], std::string_view value) noexcept {
  const char* const end = value.data() + value.size();
  if (internal::Scan::value_end(value.data(), end, value.data()) != end) return nullptr;
  return put(put_short(put(out, name), value), "\r\n");
}

/// Lines that are complete already.
char* put_lines(char* out, std::string_view lines) noexcept {
  if (!lines.empty()) std::memcpy(out, lines.data(), lines.size());
  return out + lines.size();
}

}  // namespace

std::size_t response_head_bound(const ResponseHead& head) noexcept {
  return constant_bound + head.common_fields.size() + head.content_type.size() + head.fields.size();
}

char* write_response_head(const ResponseHead& head, char* out) noexcept {
  out = put_status_line(out, head.status);
  out = put_short(out, head.common_fields);
  if (!head.content_type.empty() && (out = put_line(out, "Content-Type: ", head.content_type)) == nullptr) {
    return nullptr;
  }
  switch (head.framing) {
    case BodyFraming::length:
      out = put_number(put(out, "Content-Length: "), head.content_length);
      out = put(out, "\r\n");
      break;
    case BodyFraming::chunked: out = put(out, "Transfer-Encoding: chunked\r\n"); break;
    case BodyFraming::none: break;
  }
  switch (head.connection) {
    case ConnectionOption::close: out = put(out, "Connection: close\r\n"); break;
    case ConnectionOption::keep_alive: out = put(out, "Connection: keep-alive\r\n"); break;
    case ConnectionOption::upgrade: out = put(out, "Connection: upgrade\r\n"); break;
    case ConnectionOption::none: break;
  }
  return put(put_lines(out, head.fields), "\r\n");
}

std::size_t interim_head_bound(std::string_view fields) noexcept { return copied_size + fields.size() + 2; }

char* write_interim_head(Status status, std::string_view fields, char* out) noexcept {
  if (code(status) < 100 || code(status) > 199) return nullptr;
  return put(put_lines(put_status_line(out, status), fields), "\r\n");
}

char* write_field(std::string_view name, std::string_view value, char* out) noexcept {
  if (!is_token(name) || !is_field_value(value)) return nullptr;
  return put(put_short(put(put_short(out, name), ": "), value), "\r\n");
}

}  // namespace gyre::wire
