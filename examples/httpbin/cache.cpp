#include "facts.hpp"
#include "parts.hpp"

#include <gyre/gyre.hpp>
#include <gyre/wire/http_date.hpp>

#include <string>

namespace httpbin {
namespace {

std::string http_date_of(const gyre::Loop& loop) {
  char date[gyre::wire::http_date_size];
  gyre::wire::format_http_date(std::chrono::floor<std::chrono::seconds>(loop.wall_time()).count(), date);
  return {date, sizeof date};
}

/// Whoever says that he has it is believed.
gyre::Task<gyre::Response> cache(gyre::Request& request) {
  const gyre::Loop& loop = gyre::Loop::of(co_await gyre::this_context());
  const bool known =
      request.head().has(gyre::FieldId::if_none_match) || request.head().has(gyre::FieldId::if_modified_since);
  if (known) co_return gyre::Status::not_modified;
  gyre::Response response = gyre::to_response(gyre::Json{facts_of(request)});
  response.add("Last-Modified", http_date_of(loop)).add("ETag", R"("httpbin")");
  co_return std::move(response);
}

gyre::Response cache_for(gyre::Path<unsigned, "seconds"> seconds, const gyre::Request& request) {
  return gyre::to_response(gyre::Json{facts_of(request)})
      .with("Cache-Control", "public, max-age=" + std::to_string(*seconds));
}

gyre::Task<gyre::Response> etag(gyre::Path<std::string_view, "etag"> path, gyre::Request& request) {
  using gyre::wire::Precondition;
  gyre::Loop& loop = gyre::Loop::of(co_await gyre::this_context());
  const gyre::wire::EntityTag tag{*path};
  std::string field;
  if (!append_entity_tag(field, tag)) throw gyre::HttpError{gyre::Status::bad_request, "that is no entity tag"};
  gyre::Response response;
  switch (gyre::check_conditions(request, {.entity_tag = tag}, loop.wall_time())) {
    case Precondition::not_modified: response = gyre::Status::not_modified; break;
    case Precondition::failed: response = gyre::Response::problem(gyre::Status::precondition_failed); break;
    case Precondition::proceed:
    case Precondition::ignore_range: response = gyre::to_response(gyre::Json{facts_of(request)}); break;
  }
  response.add("ETag", field);
  co_return std::move(response);
}

/// As JSON in which no tag can begin: the query may say that it is HTML.
std::string json_without_tags(const Values& values) {
  std::string text;
  for (const char c : gyre::to_json(values)) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

/// The answer shows its own fields, Content-Length among them, which depends on how long it is itself.
std::string shown_fields(const Values& query) {
  Values fields = query;
  fields.try_emplace("Content-Type", gyre::JsonText{R"("application/json")"});
  std::size_t size = 0;
  for (;;) {
    fields["Content-Length"].text = gyre::to_json(std::to_string(size));
    std::string text = json_without_tags(fields);
    if (text.size() == size) return text;
    size = text.size();
  }
}

gyre::Response response_headers(const gyre::Request& request) {
  gyre::Response response = gyre::Content{"application/json", shown_fields(values_of(request.query()))};
  try {
    for (const auto& [name, value] : pairs_of(request.query())) response.add(name, value);
  } catch (const gyre::Failure&) {
    throw gyre::HttpError{gyre::Status::bad_request, "the query has a field that a handler cannot send"};
  }
  return response;
}

}  // namespace

void add_cache(gyre::App& app) {
  app.get("/cache", cache);
  app.get("/cache/{seconds}", cache_for);
  app.get("/etag/{etag}", etag);
  app.get("/response-headers", response_headers);
  app.post("/response-headers", response_headers);
}

}  // namespace httpbin
