// expect: gyre: .*returns http::message_generator or an http::response<Body>
#include <gyre/compat/beast.hpp>

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/file_body.hpp>

namespace http = boost::beast::http;

void bad(gyre::Router& router) {
  router.get("/", gyre::compat::beast::handler([](http::request<http::string_body>&&) { return 200; }));
}
