#include <gyre/compat/internal/httplib_multipart.hpp>

#include <gyre/compat/httplib/text.hpp>

#include <re2/re2.h>
#include <algorithm>

namespace gyre::compat::httplib::internal {
namespace {

constexpr std::size_t line_max = 8192;
constexpr std::string_view line_end = "\r\n";
constexpr std::string_view form_end = "--\r\n";

const RE2& disposition() {
  static const RE2 expression{
      R"~((?i)Content-Disposition:\s*form-data;\s*name="([^\r\n]*?)"(?:;\s*filename="([^\r\n]*?)")?)~"
      R"~((?:;\s*filename\*=\S+)?\s*)~",
      RE2::Latin1};
  return expression;
}

bool starts_with_any_case(std::string_view text, std::string_view prefix) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return text.size() >= prefix.size() && std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, lower, lower);
}

}  // namespace

MultipartReader::MultipartReader(const std::string& boundary)
    : first_boundary_("--" + boundary + "\r\n"), boundary_("\r\n--" + boundary) {}

bool MultipartReader::take(std::string_view data, const ContentReceiver& receiver,
                           const MultipartContentHeader& header) {
  if (complete()) return true;  // an epilogue
  buffer_.erase(0, begin_);
  begin_ = 0;
  buffer_ += data;
  while (!complete() && !rest().empty()) {
    Step step = Step::again;
    switch (stage_) {
      case Stage::preamble: step = skip_preamble(); break;
      case Stage::head: step = read_head(header); break;
      case Stage::content: step = read_content(receiver); break;
      case Stage::behind_boundary: step = read_boundary_end(); break;
      case Stage::over: break;
    }
    if (step != Step::again) return step == Step::wants_more;
  }
  return true;
}

MultipartReader::Step MultipartReader::skip_preamble() {
  const std::string_view text = rest();
  const std::size_t found = text.find(first_boundary_);
  if (found == std::string_view::npos) {
    if (text.size() >= first_boundary_.size()) begin_ += text.size() - first_boundary_.size() + 1;
    return Step::wants_more;
  }
  begin_ += found + first_boundary_.size();
  part_ = {};
  stage_ = Stage::head;
  return Step::again;
}

MultipartReader::Step MultipartReader::read_head(const MultipartContentHeader& header) {
  const std::string_view text = rest();
  const std::size_t end = text.find(line_end);
  if (std::min(end, text.size()) > line_max) return Step::broken;
  if (end == std::string_view::npos) return Step::wants_more;
  if (end > 0) {
    read_line(text.substr(0, end));
  } else if (!header(part_)) {
    return Step::broken;
  } else {
    stage_ = Stage::content;
  }
  begin_ += end + line_end.size();
  return Step::again;
}

void MultipartReader::read_line(std::string_view line) {
  constexpr std::string_view type = "content-type:";
  if (starts_with_any_case(line, type)) {
    part_.content_type = detail::trim_copy(std::string{line.substr(type.size())});
    return;
  }
  re2::StringPiece name;
  re2::StringPiece file;
  if (!RE2::FullMatch(re2::StringPiece{line.data(), line.size()}, disposition(), &name, &file)) return;
  part_.name.assign(name.data() == nullptr ? "" : name.data(), name.size());
  part_.filename.assign(file.data() == nullptr ? "" : file.data(), file.size());
}

MultipartReader::Step MultipartReader::read_content(const ContentReceiver& receiver) {
  const std::string_view text = rest();
  if (text.size() < boundary_.size()) return Step::wants_more;
  const std::size_t found = text.find(boundary_);
  if (found != std::string_view::npos) {
    if (!receiver(text.data(), found)) return Step::broken;
    begin_ += found + boundary_.size();
    stage_ = Stage::behind_boundary;
    return Step::again;
  }
  const std::size_t safe = text.size() - boundary_.size();
  if (safe > 0) {
    if (!receiver(text.data(), safe)) return Step::broken;
    begin_ += safe;
  }
  return Step::wants_more;
}

MultipartReader::Step MultipartReader::read_boundary_end() {
  const std::string_view text = rest();
  if (text.size() < line_end.size()) return Step::wants_more;
  if (text.starts_with(line_end)) {
    begin_ += line_end.size();
    part_ = {};
    stage_ = Stage::head;
    return Step::again;
  }
  // Neither of the two can come any more: cpp-httplib keeps the rest, however long, and refuses the form at its end.
  if (!text.starts_with(form_end)) return form_end.starts_with(text) ? Step::wants_more : Step::broken;
  stage_ = Stage::over;
  return Step::again;
}

}  // namespace gyre::compat::httplib::internal
