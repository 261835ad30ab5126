#pragma once

#include <gyre/wire/status.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gyre::wire::internal {

struct RegisteredStatus {
  Status status;
  std::string_view reason;
};

/// Every code that has a name with its reason phrase. The first stands for all codes that are not registered.
inline constexpr RegisteredStatus registered_statuses[] = {
    {Status{0}, ""},
    {Status::continue_, "Continue"},
    {Status::switching_protocols, "Switching Protocols"},
    {Status::processing, "Processing"},
    {Status::early_hints, "Early Hints"},
    {Status::ok, "OK"},
    {Status::created, "Created"},
    {Status::accepted, "Accepted"},
    {Status::non_authoritative_information, "Non-Authoritative Information"},
    {Status::no_content, "No Content"},
    {Status::reset_content, "Reset Content"},
    {Status::partial_content, "Partial Content"},
    {Status::multi_status, "Multi-Status"},
    {Status::already_reported, "Already Reported"},
    {Status::im_used, "IM Used"},
    {Status::multiple_choices, "Multiple Choices"},
    {Status::moved_permanently, "Moved Permanently"},
    {Status::found, "Found"},
    {Status::see_other, "See Other"},
    {Status::not_modified, "Not Modified"},
    {Status::use_proxy, "Use Proxy"},
    {Status::temporary_redirect, "Temporary Redirect"},
    {Status::permanent_redirect, "Permanent Redirect"},
    {Status::bad_request, "Bad Request"},
    {Status::unauthorized, "Unauthorized"},
    {Status::payment_required, "Payment Required"},
    {Status::forbidden, "Forbidden"},
    {Status::not_found, "Not Found"},
    {Status::method_not_allowed, "Method Not Allowed"},
    {Status::not_acceptable, "Not Acceptable"},
    {Status::proxy_authentication_required, "Proxy Authentication Required"},
    {Status::request_timeout, "Request Timeout"},
    {Status::conflict, "Conflict"},
    {Status::gone, "Gone"},
    {Status::length_required, "Length Required"},
    {Status::precondition_failed, "Precondition Failed"},
    {Status::content_too_large, "Content Too Large"},
    {Status::uri_too_long, "URI Too Long"},
    {Status::unsupported_media_type, "Unsupported Media Type"},
    {Status::range_not_satisfiable, "Range Not Satisfiable"},
    {Status::expectation_failed, "Expectation Failed"},
    {Status::misdirected_request, "Misdirected Request"},
    {Status::unprocessable_content, "Unprocessable Content"},
    {Status::locked, "Locked"},
    {Status::failed_dependency, "Failed Dependency"},
    {Status::too_early, "Too Early"},
    {Status::upgrade_required, "Upgrade Required"},
    {Status::precondition_required, "Precondition Required"},
    {Status::too_many_requests, "Too Many Requests"},
    {Status::request_header_fields_too_large, "Request Header Fields Too Large"},
    {Status::unavailable_for_legal_reasons, "Unavailable For Legal Reasons"},
    {Status::client_closed_request, "Client Closed Request"},  // for logs
    {Status::internal_server_error, "Internal Server Error"},
    {Status::not_implemented, "Not Implemented"},
    {Status::bad_gateway, "Bad Gateway"},
    {Status::service_unavailable, "Service Unavailable"},
    {Status::gateway_timeout, "Gateway Timeout"},
    {Status::http_version_not_supported, "HTTP Version Not Supported"},
    {Status::variant_also_negotiates, "Variant Also Negotiates"},
    {Status::insufficient_storage, "Insufficient Storage"},
    {Status::loop_detected, "Loop Detected"},
    {Status::not_extended, "Not Extended"},
    {Status::network_authentication_required, "Network Authentication Required"},
};

inline constexpr std::size_t registered_count = std::size(registered_statuses);
inline constexpr int first_status = 100;
inline constexpr int status_end = 600;

/// Where a code from `first_status` below `status_end` stands in `registered_statuses`.
inline constexpr std::array<std::uint8_t, status_end - first_status> status_index = [] {
  std::array<std::uint8_t, status_end - first_status> index{};
  for (std::size_t i = 1; i < registered_count; ++i) {
    index[static_cast<std::size_t>(code(registered_statuses[i].status) - first_status)] = static_cast<std::uint8_t>(i);
  }
  return index;
}();

/// Where any code stands; 0 if it is not registered.
inline std::size_t registered_index(Status status) noexcept {
  const auto place = static_cast<unsigned>(code(status) - first_status);
  return place < status_index.size() ? status_index[place] : 0;
}

}  // namespace gyre::wire::internal
