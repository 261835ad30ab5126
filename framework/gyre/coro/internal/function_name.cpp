#include <gyre/coro/internal/tree_text.hpp>

namespace gyre::detail {
namespace {

/// Reads a name as clang and g++ spell it:
///
///     Task<int> app::fetch(std::string_view)                       clang
///     auto app::start()::(anonymous class)::operator()(int) const  clang
///     void app::fetch(app::fetch(std::string_view)::_Z...Frame*)   g++, in a coroutine
///     void {anonymous}::f<T>(...) [with T = int; ...]              g++
class NameReader {
 public:
  explicit NameReader(std::string_view text) : text_(text) {}

  std::string read() {
    while (!text_.empty()) step();
    while (name_.ends_with(' ')) name_.pop_back();
    for (const std::string_view qualifier : {" const", " &", " noexcept"}) {
      if (name_.ends_with(qualifier)) name_.resize(name_.size() - qualifier.size());
    }
    // What is before the last space is the result's type.
    return name_.substr(name_.rfind(' ') + 1);
  }

 private:
  void step() {
    if (skip("(anonymous namespace)::") || skip("{anonymous}::") || skip("::operator()")) return;
    if (skip("(anonymous class)")) {
      name_ += "lambda";
    } else if (text_.starts_with("<lambda")) {
      skip_group('<', '>');
      name_ += "lambda";
    } else if (text_.starts_with(" [")) {
      text_ = {};
    } else if (text_.front() == '(') {
      skip_group('(', ')');
    } else if (text_.front() == '<') {
      skip_group('<', '>');
    } else {
      name_ += text_.front();
      text_.remove_prefix(1);
    }
  }

  bool skip(std::string_view part) {
    if (!text_.starts_with(part)) return false;
    text_.remove_prefix(part.size());
    return true;
  }
  void skip_group(char open, char close) {
    std::size_t depth = 0;
    while (!text_.empty()) {
      const char next = text_.front();
      text_.remove_prefix(1);
      if (next == open) ++depth;
      if (next == close && --depth == 0) return;
    }
  }

  std::string_view text_;
  std::string name_;
};

}  // namespace

std::string short_function_name(std::string_view name) {
  std::string read = NameReader{name}.read();
  return read.empty() ? std::string{name} : read;
}

}  // namespace gyre::detail
