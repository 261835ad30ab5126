// expect: gyre: .*no mutable lambda
#include <gyre/compat/beast.hpp>

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/file_body.hpp>

namespace http = boost::beast::http;

void bad(gyre::Router& router) {
  router.get("/", gyre::compat::beast::handler(
                      [n = 0](http::request<http::string_body>&&, gyre::compat::beast::Send) mutable { ++n; }));
}
