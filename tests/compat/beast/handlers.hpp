#pragma once

// Handlers as they are written for Boost.Beast, and nothing of gyre: compiled into a server of plain Beast and into one
// of gyre, which are compared.

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <charconv>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace handlers {

namespace http = boost::beast::http;

inline std::string text_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

inline std::string lines(std::size_t size) {
  std::string text;
  for (int number = 0; text.size() < size; ++number) text += "line " + std::to_string(number) + "\n";
  text.resize(size);
  return text;
}

inline std::size_t number_in(std::string_view text) {
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Of a target: "/files/a?b" is "files" and "a".
struct Place {
  std::string first;
  std::string rest;
};
inline Place place_of(boost::beast::string_view target) {
  std::string path = text_of(target);
  path.resize(std::min(path.find('?'), path.size()));
  const std::size_t slash = path.find('/', 1);
  if (slash == std::string::npos) return {path.substr(path.empty() ? 0 : 1), ""};
  return {path.substr(1, slash - 1), path.substr(slash + 1)};
}

/// Fields that every answer has.
template <class Message, class Request>
void begin(Message& message, const Request& request, std::string_view type) {
  message.version(request.version());
  message.keep_alive(request.keep_alive());
  message.set(http::field::server, "handlers");
  if (!type.empty()) message.set(http::field::content_type, std::string{type});
}

template <class Request>
http::message_generator text(const Request& request, http::status status, std::string body,
                             std::string_view type = "text/plain") {
  if (request.method() == http::verb::head) {
    http::response<http::empty_body> head;
    head.result(status);
    begin(head, request, type);
    head.content_length(body.size());
    return head;
  }
  http::response<http::string_body> response;
  response.result(status);
  begin(response, request, type);
  response.body() = std::move(body);
  response.prepare_payload();
  return response;
}

template <class Request>
http::message_generator status_alone(const Request& request, unsigned status) {
  http::response<http::empty_body> response;
  response.result(status);
  begin(response, request, "");
  if (status / 100 == 3) response.set(http::field::location, "/elsewhere");
  if (status == 304) response.set(http::field::etag, "\"one\"");
  response.prepare_payload();
  return response;
}

template <class Request>
http::message_generator chunked(const Request& request, std::size_t size) {
  http::response<http::string_body> response;
  begin(response, request, "text/plain");
  response.chunked(true);
  if (request.method() != http::verb::head) response.body() = lines(size);
  return response;
}

template <class Request>
http::message_generator bytes(const Request& request, std::size_t size) {
  http::response<http::vector_body<unsigned char>> response;
  begin(response, request, "application/octet-stream");
  response.body().resize(size);
  for (std::size_t index = 0; index < size; ++index) response.body()[index] = static_cast<unsigned char>(index * 7);
  response.prepare_payload();
  return response;
}

template <class Request>
http::message_generator pieces(const Request& request, std::size_t size) {
  http::response<http::dynamic_body> response;
  begin(response, request, "text/plain");
  boost::beast::ostream(response.body()) << lines(size) << "the end";
  response.prepare_payload();
  return response;
}

/// Ends with the connection, for Beast.
template <class Request>
http::message_generator until_the_end(const Request& request, std::size_t size) {
  http::response<http::string_body> response;
  begin(response, request, "text/plain");
  response.keep_alive(false);
  response.body() = lines(size);
  return response;
}

template <class Request>
http::message_generator file(const Request& request, const std::string& root, const std::string& name) {
  if (name.empty() || name.find("..") != std::string::npos) {
    return text(request, http::status::bad_request, "no such name\n");
  }
  http::file_body::value_type content;
  boost::beast::error_code error;
  content.open((root + "/" + name).c_str(), boost::beast::file_mode::scan, error);
  if (error) return text(request, http::status::not_found, "no file " + name + "\n", "text/html");
  const std::uint64_t size = content.size();
  if (request.method() == http::verb::head) {
    http::response<http::empty_body> head;
    begin(head, request, "application/octet-stream");
    head.content_length(size);
    return head;
  }
  http::response<http::file_body> response;
  begin(response, request, "application/octet-stream");
  response.body() = std::move(content);
  response.prepare_payload();
  return response;
}

/// What has arrived, in a text.
template <class Body, class Allocator>
std::string seen(const http::request<Body, http::basic_fields<Allocator>>& request) {
  std::string found = text_of(request.method_string()) + " " + text_of(request.target()) + " " +
                      std::to_string(request.version()) + (request.keep_alive() ? " keep" : " close") +
                      (request.chunked() ? " chunked" : "") + (request.need_eof() ? " eof" : "") + "\n";
  for (const auto& field : request) {
    found += text_of(field.name_string()) + " (" + text_of(http::to_string(field.name())) + "): ";
    found += text_of(field.value()) + "\n";
  }
  return found + std::to_string(request.body().size()) + " bytes of body\n";
}

/// The whole service but for /send.
template <class Body, class Allocator>
http::message_generator handle_request(const std::string& root,
                                       http::request<Body, http::basic_fields<Allocator>>&& request) {
  const Place place = place_of(request.target());
  const std::size_t number = number_in(place.rest);
  if (place.first == "echo") {
    const std::string type = text_of(request[http::field::content_type]);
    return text(request, http::status::ok, std::string{request.body()}, type);
  }
  if (place.first == "seen") return text(request, http::status::ok, seen(request));
  if (place.first == "status" && number >= 200) return status_alone(request, static_cast<unsigned>(number));
  if (place.first == "length") return text(request, http::status::ok, lines(number));
  if (place.first == "chunked") return chunked(request, number);
  if (place.first == "bytes" && request.method() != http::verb::head) return bytes(request, number);
  if (place.first == "pieces" && request.method() != http::verb::head) return pieces(request, number);
  if (place.first == "end" && request.method() != http::verb::head) return until_the_end(request, number);
  if (place.first == "files") return file(request, root, place.rest);
  if (place.first == "cookies") {
    http::response<http::empty_body> response{http::status::ok, request.version()};
    begin(response, request, "");
    response.insert(http::field::set_cookie, "one=1; Path=/");
    response.insert(http::field::set_cookie, "two=2");
    response.insert("X-oDD-name", "  blanks around  ");
    response.insert("X-Empty", "");
    response.content_length(0);
    return response;
  }
  return text(request, http::status::not_found, "nothing at " + text_of(request.target()) + "\n", "text/html");
}

/// The same in the manner of older programs: below /send, some of it from another thread.
template <class Body, class Allocator, class Send>
void handle_request(const std::string& root, http::request<Body, http::basic_fields<Allocator>>&& request,
                    Send&& send) {
  const Place place = place_of(request.target());
  if (place.rest == "string") {
    http::response<http::string_body> response{http::status::accepted, request.version()};
    begin(response, request, "application/json");
    if (request.method() != http::verb::head) response.body() = "{\"sent\":true}";
    response.content_length(13);
    return send(std::move(response));
  }
  if (place.rest == "later") {
    std::thread{[request = std::move(request), send]() mutable {
      send(text(request, http::status::ok, "sent by another thread\n"));
    }}.detach();
    return;
  }
  if (place.rest == "file") return send(file(request, root, "large.bin"));
  send(text(request, http::status::gone, "nothing is sent from " + text_of(request.target()) + "\n"));
}

}  // namespace handlers
