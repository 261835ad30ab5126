// Response head and body under any bytes: the outcome does not depend on how they are cut, all views lie inside, no
// limit is passed. Beast is the oracle of what is accepted: it accepts it, too, with the same status, fields and body.
// The first byte of the input chooses limits and cuts, the second the request's method.

#include <gyre/base/assert.hpp>
#include <gyre/wire/h1/response_parser.hpp>

#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using namespace gyre::wire;

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Run {
  HeadOutcome head;
  int status = 0;
  int version_minor = 0;
  std::string reason;
  std::string framing;
  Fields fields;
  bool has_proxy_connection = false;
  std::string body;
  std::string trailers;
  BodyError error = BodyError::none;
  bool done = false;
  bool until_close = false;
  std::size_t head_size = 0;
  std::size_t used = 0;

  bool operator==(const Run& other) const {
    return head.state == other.head.state && head.error == other.head.error && status == other.status &&
           version_minor == other.version_minor && reason == other.reason && framing == other.framing &&
           fields == other.fields && body == other.body && trailers == other.trailers && error == other.error &&
           done == other.done && head_size == other.head_size && (!done || used == other.used);
  }
};

void check_inside(std::string_view part, std::string_view whole) {
  GYRE_ASSERT(part.empty() ||
              (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size()));
}

void note_head(const ReceivedResponseHead& head, std::string_view bytes, const HeadLimits& limits, Run& run) {
  GYRE_ASSERT(head.head_size() <= bytes.size() && head.field_count() <= limits.fields);
  const std::string_view whole = bytes.substr(0, head.head_size());
  GYRE_ASSERT(whole.ends_with("\r\n\r\n") && whole.find("\r\n\r\n") + 4 == whole.size());
  GYRE_ASSERT(whole.find("\r\n") + 2 <= limits.request_line);
  GYRE_ASSERT(whole.size() - (whole.find("\r\n") + 2) <= limits.header_block);
  GYRE_ASSERT(!(head.chunked() && (head.content_length() || head.version_minor() == 0)));
  check_inside(head.reason(), whole);
  for (const FieldView field : head) {
    check_inside(field.name, whole);
    check_inside(field.value, whole);
    GYRE_ASSERT(gyre::is_token(field.name) && gyre::is_field_value(field.value));
    GYRE_ASSERT(gyre::field_id(field.name) == field.id && head.find(field.name).has_value());
    run.fields.emplace_back(field.name, field.value);
  }
  run.status = gyre::code(head.status());
  GYRE_ASSERT(run.status >= 100 && run.status <= 599 && gyre::is_field_value(head.reason()));
  run.reason = head.reason();
  run.version_minor = head.version_minor();
  run.framing = std::to_string(head.content_length().value_or(0)) + (head.content_length() ? " length" : "") +
                (head.chunked() ? " chunked" : "") + (head.keep_alive() ? " keep-alive" : "") +
                (head.upgrade() ? " upgrade" : "");
  run.has_proxy_connection = head.has(gyre::FieldId::proxy_connection);
  run.head_size = run.used = head.head_size();
}

struct Choice {
  HeadLimits head{.fields = 16};
  BodyLimits body;
  gyre::Method method = gyre::Method::get;
};

/// Delivers the bytes in pieces, each time at another address and in a block of exactly their size; then the end.
Run run(std::string_view bytes, std::size_t piece, const Choice& choice) {
  Run result;
  std::array<Field, 16> storage{};
  ReceivedResponseHead head(storage);
  HeadProgress progress;
  BodyDecoder decoder;
  for (std::size_t arrived = std::min(piece, bytes.size());; arrived = std::min(arrived + piece, bytes.size())) {
    const std::size_t size = arrived - result.used;
    const std::unique_ptr<char[]> block(new char[size]);
    if (size != 0) std::memcpy(block.get(), bytes.data() + result.used, size);
    std::string_view input(block.get(), size);
    if (result.head.state == HeadState::incomplete) {
      result.head = parse_response_head(input, choice.head, head, progress);
      if (result.head.state == HeadState::rejected) return result;
      if (result.head.state == HeadState::complete) {
        note_head(head, input, choice.head, result);
        decoder = response_body(head, choice.method, choice.body);
        input.remove_prefix(result.head_size);
      }
    }
    if (result.head.state == HeadState::complete) {
      for (BodyDecoder::Step step; (step = decoder.next(input)).used != 0; input.remove_prefix(step.used)) {
        GYRE_ASSERT(step.used <= input.size());
        check_inside(step.data, input.substr(0, step.used));
        result.body += step.data;
        result.used += step.used;
      }
      if (decoder.done()) result.trailers = decoder.trailers();
      if (decoder.done() || decoder.error() != BodyError::none) break;
    }
    if (arrived == bytes.size()) break;
  }
  if (result.head.state != HeadState::complete) return result;
  GYRE_ASSERT(decoder.decoded() == result.body.size() && result.body.size() <= choice.body.body);
  const bool was_done = decoder.done();
  decoder.end();
  result.until_close = !was_done && decoder.done();
  result.done = decoder.done();
  result.error = decoder.error();
  return result;
}

/// Takes down what Beast finds.
class Oracle final : public http::basic_parser<false> {
 public:
  explicit Oracle(bool has_body) {
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(boost::none);
    eager(true);
    skip(!has_body);
  }

  int status = 0;
  int version = 0;
  std::string reason;
  Fields fields;  // trailers, too
  std::string body;

 private:
  using Text = beast::string_view;

  void on_response_impl(int code, Text text, int number, beast::error_code&) override {
    status = code;
    reason.assign(text.data(), text.size());
    version = number;
  }
  void on_field_impl(http::field, Text name, Text value, beast::error_code&) override {
    fields.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }
  std::size_t on_body_impl(Text text, beast::error_code&) override {
    body.append(text.data(), text.size());
    return text.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, Text text, beast::error_code&) override {
    body.append(text.data(), text.size());
    return text.size();
  }
  void on_request_impl(http::verb, Text, Text, int, beast::error_code&) override {}
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, Text, beast::error_code&) override {}
  void on_finish_impl(beast::error_code&) override {}
};

void ask_oracle(const Run& run, std::string_view bytes, gyre::Method method) {
  // Beast has its own opinion about the value of Proxy-Connection.
  if (run.head.state != HeadState::complete || run.has_proxy_connection) return;
  const bool never_has_body =
      method == gyre::Method::head || (method == gyre::Method::connect && run.status >= 200 && run.status < 300);
  const bool ask_for_body = run.done && !never_has_body;
  Oracle oracle(ask_for_body);
  std::string_view message = bytes.substr(0, ask_for_body ? run.used : run.head_size);
  while (!message.empty() && !oracle.is_done()) {
    beast::error_code code;
    const std::size_t used = oracle.put({message.data(), message.size()}, code);
    GYRE_ASSERT(!code && used != 0);
    message.remove_prefix(used);
  }
  GYRE_ASSERT(message.empty() && oracle.is_header_done());
  if (ask_for_body) {
    beast::error_code code;
    if (run.until_close) oracle.put_eof(code);
    GYRE_ASSERT(!code && oracle.is_done() && oracle.body == run.body);
  }
  GYRE_ASSERT(oracle.status == run.status && oracle.version == 10 + run.version_minor && oracle.reason == run.reason);
  GYRE_ASSERT(oracle.fields.size() >= run.fields.size());
  GYRE_ASSERT(std::equal(run.fields.begin(), run.fields.end(), oracle.fields.begin()));
  const auto lines = static_cast<std::size_t>(std::count(run.trailers.begin(), run.trailers.end(), '\n'));
  GYRE_ASSERT(!ask_for_body || oracle.fields.size() == run.fields.size() + lines);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  Choice choice;
  if ((data[0] & 0x80U) != 0) {
    choice.head = {.request_line = 16 + (data[0] & 7U), .header_block = 48, .fields = 2};
    choice.body = {.body = 16, .chunks = {.extension = 6, .extensions = 10, .trailers = 12, .trailer_fields = 2}};
  }
  if (data[1] == 'H') choice.method = gyre::Method::head;
  if (data[1] == 'C') choice.method = gyre::Method::connect;

  const Run at_once = run(bytes, bytes.size() + 1, choice);
  GYRE_ASSERT(run(bytes, 1 + (data[0] & 0x7fU), choice) == at_once);
  GYRE_ASSERT(run(bytes, 1, choice) == at_once);
  ask_oracle(at_once, bytes, choice.method);
  return 0;
}
