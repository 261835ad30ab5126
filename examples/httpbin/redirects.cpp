#include "facts.hpp"
#include "parts.hpp"

#include <gyre/gyre.hpp>
#include <gyre/web/query.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace httpbin {
namespace {

constexpr int links_max = 200;

struct RedirectQuery {
  std::string url;
  std::uint16_t status_code = 302;

  static constexpr auto rules() {
    return gyre::rules(gyre::rule(&RedirectQuery::url, gyre::required),
                       gyre::rule(&RedirectQuery::status_code, gyre::range(300, 399)));
  }
};
BOOST_DESCRIBE_STRUCT(RedirectQuery, (), (url, status_code))

struct AbsoluteQuery {
  std::optional<std::string> absolute;
};
BOOST_DESCRIBE_STRUCT(AbsoluteQuery, (), (absolute))

/// How many redirects are still to come.
struct Count {
  int number;

  static std::optional<Count> from_segment(std::string_view text) {
    const auto number = gyre::wire::parse_integer<int>(text);
    if (!number || *number < 1) return std::nullopt;
    return Count{*number};
  }
};

gyre::Response step(const std::string& base, std::string_view kind, int count) {
  if (count == 1) return gyre::Redirect::found(base + "/get");
  return gyre::Redirect::found(base + "/" + std::string{kind} + "/" + std::to_string(count - 1));
}

gyre::Response relative_redirect(gyre::Path<Count, "count"> count) {
  return step("", "relative-redirect", count->number);
}

gyre::Response absolute_redirect(gyre::Path<Count, "count"> count, const gyre::Request& request) {
  return step(base_url_of(request), "absolute-redirect", count->number);
}

gyre::Response redirect(gyre::Path<Count, "count"> count, const gyre::Request& request,
                        gyre::Query<AbsoluteQuery> query) {
  return query->absolute == "true" ? absolute_redirect(count, request) : relative_redirect(count);
}

/// An open redirect, and on purpose: that is what this service is for.
gyre::Response redirect_to(gyre::Query<RedirectQuery> query) {
  try {
    gyre::Response response = gyre::Redirect::found(query->url);
    response.set_status(gyre::Status{query->status_code});
    return response;
  } catch (const gyre::Failure&) {
    throw gyre::HttpError{gyre::Status::bad_request, "the url has characters that must be escaped"};
  }
}

gyre::Response links(gyre::Path<int, "count"> count, gyre::Path<int, "offset"> offset) {
  std::string page = "<!doctype html>\n<html lang=\"en\"><head><title>Links</title></head><body>\n";
  const int last = std::clamp(*count, 1, links_max);
  for (int index = 0; index < last; ++index) {
    const std::string number = std::to_string(index);
    if (index == *offset) {
      page += number + "\n";
    } else {
      page += "<a href=\"/links/" + std::to_string(last) + "/" + number + "\">" + number + "</a>\n";
    }
  }
  return gyre::Html{page + "</body></html>\n"};
}

}  // namespace

void add_redirects(gyre::App& app) {
  app.get("/redirect/{count}", redirect);
  app.get("/relative-redirect/{count}", relative_redirect);
  app.get("/absolute-redirect/{count}", absolute_redirect);
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"}) {
    app.route(method, "/redirect-to", redirect_to);
  }
  app.get("/links/{count}", [](gyre::Path<int, "count"> count) {
    return gyre::Redirect::found("/links/" + std::to_string(*count) + "/0");
  });
  app.get("/links/{count}/{offset}", links);
}

}  // namespace httpbin
