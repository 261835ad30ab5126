#include <gyre/compat/responder.hpp>

#include <gyre/base/error.hpp>
#include <gyre/web/redirect.hpp>
#include <gyre/wire/media_type.hpp>

namespace gyre {
namespace {

constexpr std::string_view text_plain = "text/plain; charset=utf-8";
constexpr std::string_view text_json = "application/json";

/// `Response::set_content_type` borrows its text, this copies it.
void set_type(Response& response, std::string_view type) { response.set("content-type", type); }

}  // namespace

Response* Responder::draft() const noexcept { return reply_.alive() ? &reply_.state()->draft() : nullptr; }

const Responder& Responder::status(Status status) const noexcept {
  if (Response* const response = draft()) response->set_status(status);
  return *this;
}

const Responder& Responder::set(std::string_view name, std::string_view value) const {
  if (Response* const response = draft()) response->set(name, value);
  return *this;
}

const Responder& Responder::append(std::string_view name, std::string_view value) const {
  if (Response* const response = draft()) response->add(name, value);
  return *this;
}

const Responder& Responder::remove(std::string_view name) const noexcept {
  if (Response* const response = draft()) response->remove(name);
  return *this;
}

const Responder& Responder::type(std::string_view type) const {
  Response* const response = draft();
  if (response == nullptr) return *this;
  if (type.find('/') != std::string_view::npos) {
    set_type(*response, type);
    return *this;
  }
  const std::string_view known = wire::media_type_of_extension(type.starts_with('.') ? type.substr(1) : type);
  if (known.empty()) throw Failure{Errc::invalid_argument};
  const bool text = known.starts_with("text/");
  set_type(*response, text ? std::string{known} + "; charset=utf-8" : std::string{known});
  return *this;
}

const Responder& Responder::cookie(const SetCookie& cookie) const {
  if (Response* const response = draft()) response->set_cookie(cookie);
  return *this;
}

const Responder& Responder::clear_cookie(const SetCookie& cookie) const {
  if (Response* const response = draft()) response->remove_cookie(cookie);
  return *this;
}

std::string Responder::get(std::string_view name) const {
  const Response* const response = draft();
  return response != nullptr ? std::string{response->field(name)} : std::string{};
}

void Responder::send_as(std::string&& text, std::string_view type, const std::source_location& where) const noexcept {
  if (reply_.state() == nullptr) return;
  const auto finish = [&](Response& response) {
    if (response.content_type().empty()) response.set_content_type(type);
    response.set_body(std::move(text));
  };
  reply_.state()->answer_draft(finish, where);
}

void Responder::send(std::string text, std::source_location where) const noexcept {
  send_as(std::move(text), text_plain, where);
}

void Responder::json(std::string text, std::source_location where) const noexcept {
  send_as(std::move(text), text_json, where);
}

void Responder::redirect(std::string_view location, Status status, std::source_location where) const noexcept {
  if (reply_.state() == nullptr) return;
  const auto finish = [&](Response& response) {
    response.set_status(status).remove("location");
    detail::add_location(response, location);
  };
  reply_.state()->answer_draft(finish, where);
}

void Responder::end(std::source_location where) const noexcept {
  if (reply_.state() != nullptr) reply_.state()->answer_draft([](Response&) {}, where);
}

ReplyStream Responder::stream(ReplyStreamOptions options, std::source_location where) const {
  Response* const head = draft();
  if (head == nullptr) return reply_.stream({}, options, where);  // it is counted as one that came too late
  return reply_.stream(std::move(*head), options, where);
}

void Responder::send_status(Status status, std::source_location where) const noexcept {
  if (reply_.state() == nullptr) return;
  const auto finish = [&](Response& response) {
    response.set_status(status).set_content_type(text_plain).set_body(std::string{reason(status)});
  };
  reply_.state()->answer_draft(finish, where);
}

}  // namespace gyre
