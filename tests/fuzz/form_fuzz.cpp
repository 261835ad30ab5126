// Any bytes as the query and as the form that a struct is read from: both find the same values and complain of the same
// names; texts are UTF-8, rules hold, and what is accepted is read back when it is written. With a first byte that is
// odd, the bytes behind it are a part's content that goes through `gyre::Multipart` instead.
#include <gyre/base/arena.hpp>
#include <gyre/base/assert.hpp>
#include <gyre/base/utf8.hpp>
#include <gyre/coro/sync_wait.hpp>
#include <gyre/web/error.hpp>
#include <gyre/web/form.hpp>
#include <gyre/web/json.hpp>
#include <gyre/web/multipart.hpp>
#include <gyre/web/query.hpp>
#include <gyre/wire/form.hpp>
#include <gyre/wire/h1/request_parser.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Values {
  std::string text = "x";
  std::string_view view;
  std::int8_t small = 1;
  std::optional<std::uint64_t> large;
  std::vector<std::string> words;
  std::vector<int> numbers;
  bool flag = false;
  static constexpr auto rules() {
    return gyre::rules(gyre::rule(&Values::text, gyre::length(1, 8)), gyre::rule(&Values::numbers, gyre::length(0, 3)));
  }
};
BOOST_DESCRIBE_STRUCT(Values, (), (text, view, small, large, words, numbers, flag))

/// A request with a head of one's own and a body.
class Request {
 public:
  Request(std::string head, std::string_view body) : head_text_(std::move(head)) {
    gyre::wire::HeadProgress progress;
    const auto outcome = gyre::wire::parse_request_head(head_text_, {}, head_, progress);
    is_good_ = outcome.state == gyre::wire::HeadState::complete;
    request_.set_body(body);
  }
  bool is_good() const noexcept { return is_good_; }
  gyre::Request& get() noexcept { return request_; }

 private:
  std::string head_text_;
  std::vector<gyre::wire::Field> storage_ = std::vector<gyre::wire::Field>(8);
  gyre::wire::RequestHead head_{storage_};
  alignas(16) std::byte block_[256];
  gyre::Arena arena_{block_};
  gyre::Request request_{arena_, head_};
  bool is_good_ = false;
};

std::string head_for(std::string_view query, std::string_view type) {
  return "POST /?" + std::string{query} + " HTTP/1.1\r\nHost: h\r\nContent-Type: " + std::string{type} + "\r\n\r\n";
}

constexpr std::string_view form_type = "application/x-www-form-urlencoded";

std::string written(const Values& values) {
  std::string form;
  gyre::wire::FormWriter writer{form};
  writer.add("text", values.text).add("view", values.view).add("small", std::to_string(values.small));
  if (values.large) writer.add("large", std::to_string(*values.large));
  for (const std::string& word : values.words) writer.add("words", word);
  for (const int number : values.numbers) writer.add("numbers", std::to_string(number));
  writer.add("flag", values.flag ? "true" : "false");
  return form;
}

void check_values(const Values& values) {
  GYRE_ASSERT(gyre::is_utf8(values.text) && gyre::is_utf8(values.view));
  GYRE_ASSERT(!values.text.empty() && values.numbers.size() <= 3);
  for (const std::string& word : values.words) GYRE_ASSERT(gyre::is_utf8(word));
  const std::string form = written(values);
  Request again{head_for("", form_type), form};
  const auto read = gyre::Extract<gyre::Form<Values>>::extract(again.get());
  GYRE_ASSERT(read.has_value() && written(**read) == form);
}

/// The complaints, whatever a name is called.
std::string complaints(const gyre::Rejection& rejection, std::string_view place) {
  std::string text{rejection.members};
  const std::string key = "{\"" + std::string{place} + "\":";
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at))
    text.replace(at, key.size(), "{");
  return text;
}

void check_form(std::string_view form) {
  Request posted{head_for("", form_type), form};
  const auto read = gyre::Extract<gyre::Form<Values>>::extract(posted.get());
  if (read) {
    check_values(**read);
  } else if (read.rejection().status == gyre::Status::unprocessable_content) {
    GYRE_ASSERT(!read.rejection().members.empty());
  } else {
    GYRE_ASSERT(read.rejection().members.empty());
  }
  Request asked{head_for(form, "x/y"), {}};
  if (!asked.is_good() || asked.get().query() != form) return;  // bytes that no target has, or that end it
  const auto query = gyre::Extract<gyre::Query<Values>>::extract(asked.get());
  GYRE_ASSERT(query.has_value() == read.has_value());
  if (query) {
    GYRE_ASSERT(written(**query) == written(**read));
  } else {
    GYRE_ASSERT(complaints(query.rejection(), "parameter") == complaints(read.rejection(), "field"));
  }
}

gyre::Task<std::string> content_of(gyre::Multipart form) {
  std::string content;
  while (auto part = co_await form.next()) {
    const std::string more = co_await part->bytes();
    content += more;
  }
  co_return content;
}

void check_multipart(std::string_view content) {
  std::string body = "--b\r\nContent-Disposition: form-data; name=a; filename=f\r\n\r\n";
  body.append(content).append("\r\n--b--");
  Request request{head_for("", "multipart/form-data; boundary=b"), body};
  auto form = gyre::Multipart::extract(request.get());
  GYRE_ASSERT(form.has_value());
  const bool is_plain = ("\r\n" + std::string{content}).find("\r\n--b") == std::string::npos;
  try {
    const std::string read = gyre::sync_wait(content_of(*std::move(form)));
    GYRE_ASSERT(!is_plain || read == content);
  } catch (const gyre::HttpError& error) {
    GYRE_ASSERT(!is_plain &&
                (error.status() == gyre::Status::bad_request || error.status() == gyre::Status::content_too_large));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 8000) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data + 1), size - 1};
  if (data[0] % 2 == 0) {
    check_form(text);
  } else {
    check_multipart(text);
  }
  return 0;
}
