#include <gyre/web/pattern_rule.hpp>

#include <gyre/web/error.hpp>

#include <re2/re2.h>
#include <memory>

namespace gyre::detail {

CompiledPattern::CompiledPattern(std::string_view expression) : compiled_(nullptr) {
  RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_unique<RE2>(re2::StringPiece{expression.data(), expression.size()}, options);
  if (!compiled->ok()) {
    throw SetupError{"the pattern \"" + std::string{expression} + "\" is no regular expression: " + compiled->error()};
  }
  compiled_ = compiled.release();
}

CompiledPattern::~CompiledPattern() { delete static_cast<const RE2*>(compiled_); }

bool CompiledPattern::matches(std::string_view text) const noexcept {
  return RE2::FullMatch({text.data(), text.size()}, *static_cast<const RE2*>(compiled_));
}

}  // namespace gyre::detail
