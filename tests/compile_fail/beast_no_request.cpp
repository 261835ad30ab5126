// expect: gyre: .*takes http::request<Body, http::basic_fields<Allocator>>&& first
#include <gyre/compat/beast.hpp>

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/file_body.hpp>

namespace http = boost::beast::http;

void bad(gyre::Router& router) {
  router.get("/", gyre::compat::beast::handler([](int, http::request<http::string_body>&&) {}));
}
