#pragma once

#include <gyre/gyre.hpp>
#include <gyre/web/json.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace httpbin {

/// Texts by name: a string, or an array of them where a name stands several times.
using Values = std::map<std::string, gyre::JsonText>;
using Texts = std::map<std::string, std::string>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

/// What the head of a request says.
struct RequestFacts {
  Values args;
  Texts headers;
  std::string origin;
  std::string url;
};
BOOST_DESCRIBE_STRUCT(RequestFacts, (), (args, headers, origin, url))

/// What its body says.
struct ContentFacts {
  std::string data;
  Values files;
  Values form;
  gyre::JsonText json;
};
BOOST_DESCRIBE_STRUCT(ContentFacts, (), (data, files, form, json))

/// What all of it says.
struct WholeFacts : RequestFacts, ContentFacts {};
BOOST_DESCRIBE_STRUCT(WholeFacts, (RequestFacts, ContentFacts), ())

RequestFacts facts_of(const gyre::Request& request);
/// Reads the body. Throws `HttpError` for forms that are none.
gyre::Task<WholeFacts> whole_facts_of(gyre::Request& request);

/// The fields by their names, in the spelling of "Content-Type". Lines of one name are one value.
Texts headers_of(const gyre::Request& request);
/// The client's address.
std::string origin_of(const gyre::Request& request);
/// The beginning of absolute links to this service: "http://127.0.0.1:8080".
std::string base_url_of(const gyre::Request& request);
/// The decoded pairs of a query or a urlencoded form. Throws `HttpError` if it is malformed.
Pairs pairs_of(std::string_view form);
/// The same by name.
Values values_of(std::string_view form);

}  // namespace httpbin
