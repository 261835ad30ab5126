// Boost.Beast with Asio's coroutines on one thread, behind the routes of benchmarks/arena.cpp: main PORT

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::use_awaitable;
using asio::ip::tcp;
using Response = http::response<http::string_body>;

namespace {

struct Session {
  explicit Session(tcp::socket connected) : socket(std::move(connected)) {}

  tcp::socket socket;
  boost::beast::flat_buffer buffer;
};

long long number(std::string_view text) {
  long long value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

long long parameter(std::string_view target, std::string_view name) {
  target.remove_prefix(std::min(target.find('?'), target.size() - 1) + 1);
  while (!target.empty()) {
    const std::string_view pair = target.substr(0, target.find('&'));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return number(pair.substr(name.size() + 1));
    }
    target.remove_prefix(std::min(pair.size() + 1, target.size()));
  }
  return 0;
}

template <class Head>
Response answer(const Head& head, std::string_view type, std::string body) {
  Response response{http::status::ok, head.version(), std::move(body)};
  response.set(http::field::server, "beast");
  response.set(http::field::content_type, boost::beast::string_view{type.data(), type.size()});
  response.keep_alive(head.keep_alive());
  response.prepare_payload();
  return response;
}

/// Without keeping it: how many bytes came.
asio::awaitable<std::size_t> discard(Session& session, http::request_parser<http::buffer_body>& parser) {
  static char piece[64 * 1024];
  std::size_t size = 0;
  while (!parser.is_done()) {
    parser.get().body().data = piece;
    parser.get().body().size = sizeof piece;
    boost::beast::error_code error;
    co_await http::async_read(session.socket, session.buffer, parser, asio::redirect_error(use_awaitable, error));
    if (error && error != http::error::need_buffer) throw boost::system::system_error(error);
    size += sizeof piece - parser.get().body().size;
  }
  co_return size;
}

asio::awaitable<void> write_bytes(Session& session, bool keep_alive, std::size_t left) {
  static const std::string piece(64 * 1024, 'x');
  http::response<http::empty_body> head{http::status::ok, 11};
  head.set(http::field::server, "beast");
  head.set(http::field::content_type, "application/octet-stream");
  head.keep_alive(keep_alive);
  head.content_length(left);
  http::response_serializer<http::empty_body> serializer{head};
  co_await http::async_write_header(session.socket, serializer, use_awaitable);
  while (left > 0) {
    const std::size_t part = std::min(left, piece.size());
    co_await asio::async_write(session.socket, asio::buffer(piece.data(), part), use_awaitable);
    left -= part;
  }
}

Response route(const http::request<http::string_body>& request) {
  const std::string_view target{request.target().data(), request.target().size()};
  if (target == "/plaintext") return answer(request, "text/plain", "Hello, World!");
  if (target == "/json") return answer(request, "application/json", R"({"message":"Hello, World!"})");
  if (target == "/pipeline") return answer(request, "text/plain", "ok");
  if (target.starts_with("/baseline11")) {
    const long long query = parameter(target, "a") + parameter(target, "b");
    return answer(request, "text/plain", std::to_string(query + number(request.body())));
  }
  Response missing = answer(request, "text/plain", "not found");
  missing.result(http::status::not_found);
  return missing;
}

/// Returns whether the connection stays.
asio::awaitable<bool> serve(Session& session) {
  http::request_parser<http::empty_body> head;
  head.body_limit(1u << 30);
  co_await http::async_read_header(session.socket, session.buffer, head, use_awaitable);
  const bool keep_alive = head.keep_alive();
  const std::string_view target{head.get().target().data(), head.get().target().size()};
  if (target.starts_with("/bytes/")) {
    co_await write_bytes(session, keep_alive, static_cast<std::size_t>(number(target.substr(7))));
  } else if (target == "/upload") {
    http::request_parser<http::buffer_body> parser{std::move(head)};
    const std::size_t size = co_await discard(session, parser);
    Response response = answer(parser.get(), "text/plain", std::to_string(size));
    co_await http::async_write(session.socket, response, use_awaitable);
  } else {
    http::request_parser<http::string_body> parser{std::move(head)};
    if (!parser.is_done()) co_await http::async_read(session.socket, session.buffer, parser, use_awaitable);
    Response response = route(parser.get());
    co_await http::async_write(session.socket, response, use_awaitable);
  }
  co_return keep_alive;
}

asio::awaitable<void> serve_connection(tcp::socket socket) {
  Session session{std::move(socket)};
  try {
    while (co_await serve(session)) continue;
    session.socket.shutdown(tcp::socket::shutdown_send);
  } catch (const boost::system::system_error&) {
    // The client has left.
  }
}

asio::awaitable<void> listen(unsigned short port) {
  tcp::acceptor acceptor{co_await asio::this_coro::executor};
  acceptor.open(tcp::v4());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind({asio::ip::address_v4::loopback(), port});
  acceptor.listen(4096);
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
    socket.set_option(tcp::no_delay(true));
    asio::co_spawn(acceptor.get_executor(), serve_connection(std::move(socket)), asio::detached);
  }
}

}  // namespace

int main(int, char** arguments) {
  asio::io_context context{1};
  asio::co_spawn(context, listen(static_cast<unsigned short>(std::atoi(arguments[1]))), asio::detached);
  context.run();
}
