#include <gyre/wire/h1/internal/plain_scanner.hpp>

#include <gyre/wire/h1/internal/field_block.hpp>
#include <gyre/wire/internal/byte_scan.hpp>

#include <cstring>

namespace gyre::wire::internal {
namespace {

constexpr std::size_t shortest_head = std::string_view("GET / HTTP/1.1\r\n\r\n").size();
constexpr std::string_view version_and_end = " HTTP/1.1\r\n";

struct MethodHit {
  Method method;
  std::uint32_t size;  // 0: none
};

/// A method with the space behind it. At least eight bytes are readable.
MethodHit match_method(const char* text) noexcept {
  const auto begins_with = [text](const char* word, std::size_t size) { return std::memcmp(text, word, size) == 0; };
  if (begins_with("GET ", 4)) return {Method::get, 3};
  if (begins_with("POST ", 5)) return {Method::post, 4};
  if (begins_with("PUT ", 4)) return {Method::put, 3};
  if (begins_with("HEAD ", 5)) return {Method::head, 4};
  if (begins_with("DELETE ", 7)) return {Method::delete_, 6};
  if (begins_with("PATCH ", 6)) return {Method::patch, 5};
  if (begins_with("OPTIONS ", 8)) return {Method::options, 7};
  return {Method::other, 0};
}

template <class Scan>
class PlainScanner {
 public:
  PlainScanner(std::string_view data, std::size_t begin, HeadData& head) noexcept
      : base_(data.data()), at_(data.data() + begin), end_(data.data() + data.size()), head_(head) {}

  bool run(const HeadLimits& limits) noexcept {
    const char* const line = at_;
    if (left() < shortest_head || !read_request_line()) return false;
    if (static_cast<std::size_t>(at_ - line) > limits.request_line) return false;
    const char* const block = at_;
    if (!read_fields()) return false;
    head_.head_size = offset(at_);
    return static_cast<std::size_t>(at_ - block) <= limits.header_block && head_.field_count <= limits.fields;
  }

 private:
  std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  std::uint32_t offset(const char* place) const noexcept { return static_cast<std::uint32_t>(place - base_); }

  bool read_request_line() noexcept {
    const MethodHit hit = match_method(at_);
    if (hit.size == 0) return false;
    head_.method = hit.method;
    head_.method_begin = offset(at_);
    head_.method_size = hit.size;
    at_ += hit.size + 1;

    const char* const target = at_;
    if (*target != '/') return false;
    const char* question = nullptr;
    at_ = Scan::target_end(at_, end_, base_, question);
    if (left() < version_and_end.size()) return false;
    if (std::memcmp(at_, version_and_end.data(), version_and_end.size()) != 0) return false;
    head_.form = TargetForm::origin;
    head_.version_minor = 1;
    head_.target_begin = head_.path_begin = offset(target);
    head_.target_size = static_cast<std::uint32_t>(at_ - target);
    const char* const path_end = question == nullptr ? at_ : question;
    const char* const query = question == nullptr ? at_ : question + 1;
    head_.path_size = static_cast<std::uint32_t>(path_end - target);
    head_.query_begin = offset(query);
    head_.query_size = static_cast<std::uint32_t>(at_ - query);
    at_ += version_and_end.size();
    return true;
  }

  bool read_fields() noexcept {
    const char* const body = read_field_block<Scan>(at_, end_, head_);
    // Beast has its own opinion about the value of Proxy-Connection: no ordinary field.
    if (body == nullptr || (head_.seen & bit(FieldId::proxy_connection)) != 0) return false;
    at_ = body;
    return true;
  }

  const char* const base_;
  const char* at_;
  const char* const end_;
  HeadData& head_;
};

template <class Scan>
bool scan_with(std::string_view data, std::size_t begin, const HeadLimits& limits, HeadData& head) noexcept {
  head.base = data.data();
  return PlainScanner<Scan>(data, begin, head).run(limits);
}

}  // namespace

bool scan_plain_head(std::string_view data, std::size_t begin, const HeadLimits& limits, HeadData& head) noexcept {
  return scan_with<Scan>(data, begin, limits, head);
}

bool scan_plain_head_scalar(std::string_view data, std::size_t begin, const HeadLimits& limits,
                            HeadData& head) noexcept {
  return scan_with<ScalarScan>(data, begin, limits, head);
}

}  // namespace gyre::wire::internal
