#include <gyre/compat/internal/httplib_pattern.hpp>

#include <gyre/web/error.hpp>

#include <re2/re2.h>
#include <vector>

namespace gyre::compat::httplib::internal {
namespace {

RE2::Options options() {
  RE2::Options chosen;
  chosen.set_log_errors(false);
  chosen.set_encoding(RE2::Options::EncodingLatin1);  // bytes, as std::regex has them
  return chosen;
}

re2::StringPiece piece_of(const std::string& text) noexcept { return {text.data(), text.size()}; }

}  // namespace

struct PathPattern::Compiled {
  explicit Compiled(const std::string& text) : expression(piece_of(text), options()) {}
  RE2 expression;
};

PathPattern::PathPattern(std::string_view method, const std::string& expression, const std::source_location& where) {
  if (expression.find_first_of("\\^$.|?*+()[]{}") == std::string::npos) {
    literal_ = expression;
    return;
  }
  compiled_ = make_box<Compiled>(expression);
  if (compiled_->expression.ok()) return;
  throw SetupError{std::string{where.file_name()} + ":" + std::to_string(where.line()) + ": " + std::string{method} +
                   " \"" + expression + "\": RE2 does not compile the pattern: " + compiled_->expression.error()};
}

PathPattern::PathPattern(PathPattern&& other) noexcept = default;
PathPattern& PathPattern::operator=(PathPattern&& other) noexcept = default;
PathPattern::~PathPattern() = default;

bool PathPattern::matches(const std::string& path) const noexcept {
  if (compiled_ == nullptr) return path == literal_;
  return compiled_->expression.Match(piece_of(path), 0, path.size(), RE2::ANCHOR_BOTH, nullptr, 0);
}

bool PathPattern::match(const std::string& path, Match& match) const {
  match.clear();
  if (compiled_ == nullptr) {
    if (path != literal_) return false;
    match.assign(path, {{0, path.size()}});
    return true;
  }
  std::vector<re2::StringPiece> groups(1 + static_cast<std::size_t>(compiled_->expression.NumberOfCapturingGroups()));
  const int count = static_cast<int>(groups.size());
  if (!compiled_->expression.Match(piece_of(path), 0, path.size(), RE2::ANCHOR_BOTH, groups.data(), count)) {
    return false;
  }
  std::vector<Match::Part> parts;
  for (const re2::StringPiece& group : groups) {
    if (group.data() == nullptr) {
      parts.emplace_back(Match::absent, 0);
    } else {
      parts.emplace_back(group.data() - path.data(), group.size());
    }
  }
  match.assign(path, parts);
  return true;
}

}  // namespace gyre::compat::httplib::internal
