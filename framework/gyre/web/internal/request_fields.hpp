#pragma once

#include <gyre/http/coding.hpp>
#include <gyre/http/request.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gyre::internal {

/// All values of a list field, joined with commas (RFC 9110 5.3); nothing if there is none. A view into the request or
/// its arena. Throws `std::bad_alloc`.
std::optional<std::string_view> joined_field(Request& request, FieldId id);

/// The only value of a field; nothing if there is none or more than one.
std::optional<std::string_view> only_field(const Request& request, std::string_view name) noexcept;

/// Content-Type; empty if there is none, nothing if it stands twice: two readers would take different ones.
std::optional<std::string_view> content_type(const Request& request) noexcept;

/// Whether the client takes an answer that is not coded.
enum class Identity : std::uint8_t { accepted, refused };

struct EncodingChoice {
  Coding coding = Coding::identity;
  Identity identity = Identity::accepted;
};

/// What Accept-Encoding makes of `offered`.
EncodingChoice choose_coding(Request& request, std::span<const std::string_view> offered);

}  // namespace gyre::internal
