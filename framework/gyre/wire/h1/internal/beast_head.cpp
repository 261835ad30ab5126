#include <gyre/wire/h1/internal/beast_head.hpp>

#include <gyre/wire/internal/field_lookup.hpp>

#include <boost/beast/http/basic_parser.hpp>

#include <limits>

namespace gyre::wire::internal {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

/// Collects what Beast finds as offsets, and stops it at the end of the head.
class HeadCollector final : public http::basic_parser<true> {
 public:
  HeadCollector(std::string_view data, HeadData& head) noexcept : data_(data), head_(head) {
    header_limit(std::numeric_limits<std::uint32_t>::max());
    skip(true);
  }

  HeadError error_of(const beast::error_code& code) const noexcept {
    // A conflict of length and coding shows in whichever of the fields comes second.
    const bool met_length = (head_.seen & bit(FieldId::content_length)) != 0;
    const bool met_coding = (head_.seen & bit(FieldId::transfer_encoding)) != 0;
    if (code == http::error::bad_content_length) {
      return met_coding ? HeadError::length_and_transfer_encoding : HeadError::bad_content_length;
    }
    if (code == http::error::bad_transfer_encoding) {
      return met_length ? HeadError::length_and_transfer_encoding : HeadError::duplicate_transfer_encoding;
    }
    if (code == http::error::multiple_content_length) return HeadError::duplicate_content_length;
    if (code == http::error::bad_value) return HeadError::bad_connection;
    return HeadError::malformed;
  }

 private:
  using Text = beast::string_view;

  std::uint32_t offset(Text text) const noexcept { return static_cast<std::uint32_t>(text.data() - data_.data()); }

  bool is_inside(Text text) const noexcept {
    return text.data() >= data_.data() && text.data() + text.size() <= data_.data() + data_.size();
  }

  void on_request_impl(http::verb, Text method, Text target, int version, beast::error_code&) override {
    head_.method = gyre::parse_method({method.data(), method.size()});
    head_.method_begin = offset(method);
    head_.method_size = static_cast<std::uint32_t>(method.size());
    head_.target_begin = offset(target);
    head_.target_size = static_cast<std::uint32_t>(target.size());
    head_.version_minor = static_cast<std::uint8_t>(version - 10);
  }

  void on_field_impl(http::field, Text name, Text value, beast::error_code& code) override {
    // An empty value may view nothing at all. Otherwise only an unfolded value lies outside, and such lines do not
    // come here.
    const bool is_bad = !is_inside(name) || (!value.empty() && !is_inside(value)) || name.size() > UINT16_MAX;
    if (is_bad || head_.field_count == head_.field_capacity) {
      code = http::error::bad_field;
      return;
    }
    const FieldId id = lookup_field_token(name.data(), name.size());
    head_.fields[head_.field_count++] = {offset(name), value.empty() ? offset(name) : offset(value),
                                         static_cast<std::uint32_t>(value.size()),
                                         static_cast<std::uint16_t>(name.size()), id};
    head_.seen |= bit(id);
  }

  void on_response_impl(int, Text, int, beast::error_code&) override {}
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  std::size_t on_body_impl(Text, beast::error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, Text, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text, beast::error_code&) override { return 0; }
  void on_finish_impl(beast::error_code&) override {}

  const std::string_view data_;
  HeadData& head_;
};

}  // namespace

HeadError read_head_with_beast(std::string_view data, std::size_t begin, HeadData& head) noexcept {
  head.base = data.data();
  head.field_count = 0;
  head.seen = 0;
  HeadCollector collector(data, head);
  beast::error_code code;
  const std::size_t used = collector.put({data.data() + begin, data.size() - begin}, code);
  if (code) return collector.error_of(code);
  if (!collector.is_header_done() || begin + used != data.size()) return HeadError::malformed;
  head.head_size = static_cast<std::uint32_t>(data.size());
  return HeadError::none;
}

}  // namespace gyre::wire::internal
