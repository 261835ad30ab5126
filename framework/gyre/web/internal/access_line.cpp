#include <gyre/web/internal/access_line.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace gyre::internal {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

void append_number(std::string& out, std::uint64_t number, std::size_t width = 0) {
  char text[20];
  const char* const end = std::to_chars(text, text + sizeof text, number).ptr;
  const auto size = static_cast<std::size_t>(end - text);
  if (size < width) out.append(width - size, '0');
  out.append(text, size);
}

void append_seconds(std::string& out, Duration length) {
  const auto microseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(length.count(), 0) / 1000);
  append_number(out, microseconds / 1'000'000);
  out += '.';
  append_number(out, microseconds % 1'000'000, 6);
}

bool is_plain(unsigned char byte) noexcept { return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\'; }

/// `escape` goes before the two digits of a byte that cannot stand for itself.
void append_escaped(std::string& out, std::string_view text, std::string_view escape) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(byte)) {
      out += c;
    } else {
      out += escape;
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    }
  }
}

void append_quoted(std::string& out, std::string_view text, std::string_view escape) {
  out += '"';
  append_escaped(out, text, escape);
  out += '"';
}

void append_text(std::string& out, std::string_view text) { append_quoted(out, text, "\\x"); }

/// A word without quotes, "-" for none. The path of a Unix socket may have blanks.
void append_word(std::string& out, std::string_view word) {
  if (word.empty()) out += '-';
  for (; !word.empty(); word.remove_prefix(1)) {
    if (word.front() == ' ') {
      out += "\\x20";
    } else {
      append_escaped(out, word.substr(0, 1), "\\x");
    }
  }
}

void append_json(std::string& out, std::string_view text) { append_quoted(out, text, "\\u00"); }

void append_json_or_null(std::string& out, std::string_view text) {
  if (text.empty()) {
    out += "null";
  } else {
    append_json(out, text);
  }
}

}  // namespace

void append_time(std::string& out, Duration since_1970) {
  using namespace std::chrono;
  const sys_time<Duration> time{since_1970};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const auto milliseconds_of_day = static_cast<std::uint64_t>(duration_cast<milliseconds>(time - day).count());
  append_number(out, static_cast<std::uint64_t>(static_cast<int>(date.year())), 4);
  out += '-';
  append_number(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_number(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_number(out, milliseconds_of_day / 3'600'000, 2);
  out += ':';
  append_number(out, milliseconds_of_day / 60'000 % 60, 2);
  out += ':';
  append_number(out, milliseconds_of_day / 1000 % 60, 2);
  out += '.';
  append_number(out, milliseconds_of_day % 1000, 3);
  out += 'Z';
}

std::string text_line(const AccessRecord& record) {
  std::string line;
  append_time(line, record.time);
  line += ' ';
  append_word(line, record.peer);
  ((line += ' ') += record.method) += ' ';  // a token
  append_text(line, record.target);
  line += ' ';
  append_number(line, static_cast<std::uint64_t>(code(record.status)));
  line += ' ';
  if (record.bytes) {
    append_number(line, *record.bytes);
  } else {
    line += '-';
  }
  line += ' ';
  append_seconds(line, record.length);
  line += ' ';
  append_word(line, record.request_id);
  line += ' ';
  append_text(line, record.user_agent);
  return line;
}

std::string json_line(const AccessRecord& record) {
  std::string line = R"({"time":")";
  append_time(line, record.time);
  line += R"(","peer":)";
  append_json_or_null(line, record.peer);
  line += R"(,"method":)";
  append_json(line, record.method);
  line += R"(,"target":)";
  append_json(line, record.target);
  line += R"(,"status":)";
  append_number(line, static_cast<std::uint64_t>(code(record.status)));
  line += R"(,"bytes":)";
  if (record.bytes) {
    append_number(line, *record.bytes);
  } else {
    line += "null";
  }
  line += R"(,"seconds":)";
  append_seconds(line, record.length);
  line += R"(,"request_id":)";
  append_json_or_null(line, record.request_id);
  line += R"(,"user_agent":)";
  append_json(line, record.user_agent);
  line += '}';
  return line;
}

}  // namespace gyre::internal
