#include "facts.hpp"

#include <gyre/base/utf8.hpp>
#include <gyre/wire/base64.hpp>
#include <gyre/wire/form.hpp>
#include <gyre/wire/media_type.hpp>

#include <optional>

namespace httpbin {
namespace {

/// Values in the making.
class Collector {
 public:
  void add(std::string_view name, std::string text) { texts_[std::string{name}].push_back(std::move(text)); }

  Values values() const {
    Values values;
    for (const auto& [name, texts] : texts_) {
      values[name].text = texts.size() == 1 ? gyre::to_json(texts.front()) : gyre::to_json(texts);
    }
    return values;
  }

 private:
  std::map<std::string, std::vector<std::string>> texts_;
};

/// JSON has no bytes: what is no text becomes a data URL.
std::string text_or_data_url(std::string bytes, std::string_view type) {
  if (gyre::is_utf8(bytes)) return bytes;
  std::string url = "data:";
  url.append(type.empty() ? "application/octet-stream" : type).append(";base64,");
  gyre::wire::append_base64(url, gyre::as_bytes(bytes), gyre::wire::Base64::standard);
  return url;
}

/// "content-type" as "Content-Type".
std::string spelled(std::string_view name) {
  std::string text{name};
  bool begins = true;
  for (char& c : text) {
    if (begins && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!begins && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    begins = c == '-';
  }
  return text;
}

std::string url_of(const gyre::Request& request) {
  std::string url = base_url_of(request).append(request.path());
  if (!request.query().empty()) url.append("?").append(request.query());
  return url;
}

gyre::Task<> read_parts(gyre::Multipart& multipart, ContentFacts& facts) {
  Collector files;
  Collector form;
  while (auto part = co_await multipart.next()) {
    std::string text = co_await part->bytes();
    if (part->file_name()) {
      files.add(part->name(), text_or_data_url(std::move(text), part->content_type()));
    } else {
      form.add(part->name(), text_or_data_url(std::move(text), part->content_type()));
    }
  }
  facts.files = files.values();
  facts.form = form.values();
}

gyre::Task<> read_content(gyre::Request& request, ContentFacts& facts) {
  const auto type = gyre::wire::parse_media_type(request.header(gyre::FieldId::content_type));
  if (type && type->is("multipart/form-data")) {
    gyre::Extracted<gyre::Multipart> multipart = gyre::Multipart::extract(request);
    if (!multipart) throw gyre::HttpError{multipart.rejection().status, std::string{multipart.rejection().detail}};
    co_await read_parts(*multipart, facts);
    co_return;
  }
  const gyre::Result<void> collected = co_await request.collect();
  collected.value();
  if (type && type->is("application/x-www-form-urlencoded")) {
    facts.form = values_of(request.body());
    co_return;
  }
  facts.data = text_or_data_url(std::string{request.body()}, {});
  gyre::JsonText json;
  if (!facts.data.empty() && gyre::from_json(request.body(), json)) facts.json = std::move(json);
}

}  // namespace

RequestFacts facts_of(const gyre::Request& request) {
  return {.args = values_of(request.query()),
          .headers = headers_of(request),
          .origin = origin_of(request),
          .url = url_of(request)};
}

gyre::Task<WholeFacts> whole_facts_of(gyre::Request& request) {
  WholeFacts facts;
  static_cast<RequestFacts&>(facts) = facts_of(request);
  co_await read_content(request, facts);
  co_return std::move(facts);
}

Texts headers_of(const gyre::Request& request) {
  Texts headers;
  for (const gyre::wire::FieldView field : request.head()) {
    const auto [place, is_new] = headers.try_emplace(spelled(field.name), field.value);
    if (!is_new) place->second.append(",").append(field.value);
  }
  return headers;
}

std::string origin_of(const gyre::Request& request) {
  const gyre::Result<gyre::Endpoint> peer = request.peer();
  return peer ? peer->host() : std::string{};
}

std::string base_url_of(const gyre::Request& request) {
  return (request.secure() ? "https://" : "http://") + std::string{request.head().host()};
}

Pairs pairs_of(std::string_view form) {
  std::string room(gyre::wire::form_decoded_bound(form), '\0');
  gyre::wire::FormPairs walk{form, room};
  Pairs pairs;
  while (walk.next()) pairs.emplace_back(walk.name(), walk.value());
  if (walk.error()) throw gyre::HttpError{gyre::Status::bad_request, "the query or the form is malformed"};
  return pairs;
}

Values values_of(std::string_view form) {
  Collector collector;
  for (auto& [name, value] : pairs_of(form)) collector.add(name, std::move(value));
  return collector.values();
}

}  // namespace httpbin
