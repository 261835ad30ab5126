// The handlers on Boost.Beast alone: a thread for each connection. beast_handlers_old --port 0 --files DIRECTORY

#include "handlers.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <cstdio>
#include <cstdlib>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace {

namespace http = boost::beast::http;
namespace net = boost::asio;
using net::ip::tcp;
using Request = http::request<http::string_body>;

/// What a handler sends by: keeps the message for the connection's thread. Copies are the same one.
class Send {
 public:
  template <class Body, class Fields>
  void operator()(http::message<false, Body, Fields>&& message) const {
    (*this)(http::message_generator{std::move(message)});
  }
  void operator()(http::message_generator&& message) const {
    sent_->set_value(std::make_unique<http::message_generator>(std::move(message)));
  }
  http::message_generator wait() const { return std::move(*sent_->get_future().get()); }

 private:
  using Sent = std::promise<std::unique_ptr<http::message_generator>>;
  std::shared_ptr<Sent> sent_ = std::make_shared<Sent>();
};

http::message_generator answer(const std::string& root, Request&& request) {
  if (handlers::place_of(request.target()).first != "send") return handlers::handle_request(root, std::move(request));
  const Send send;
  handlers::handle_request(root, std::move(request), send);
  return send.wait();
}

void serve(tcp::socket socket, const std::string& root) {
  boost::beast::flat_buffer buffer;
  boost::beast::error_code error;
  for (bool keep = true; keep;) {
    http::request_parser<http::string_body> parser;
    http::read(socket, buffer, parser, error);
    if (error) break;
    http::message_generator message = answer(root, parser.release());
    keep = message.keep_alive();
    boost::beast::write(socket, std::move(message), error);
    if (error) break;
  }
  socket.shutdown(tcp::socket::shutdown_send, error);
}

}  // namespace

int main(int argc, char** argv) {
  unsigned short port = 0;
  std::string files = ".";
  for (int at = 1; at + 1 < argc; at += 2) {
    const std::string_view option = argv[at];
    if (option == "--port") port = static_cast<unsigned short>(std::atoi(argv[at + 1]));
    if (option == "--files") files = argv[at + 1];
  }
  net::io_context context;
  tcp::acceptor acceptor{context, {net::ip::make_address("127.0.0.1"), port}};
  std::printf("handlers: listening on http://127.0.0.1:%d (beast, 1 thread)\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  for (;;) std::thread{[socket = acceptor.accept(), &files]() mutable { serve(std::move(socket), files); }}.detach();
}
