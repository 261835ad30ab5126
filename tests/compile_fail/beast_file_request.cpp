// expect: gyre: .*is handed over with its body collected
#include <gyre/compat/beast.hpp>

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/file_body.hpp>

namespace http = boost::beast::http;

void bad(gyre::Router& router) {
  router.get("/", gyre::compat::beast::handler([](http::request<http::file_body>&&, gyre::compat::beast::Send) {}));
}
