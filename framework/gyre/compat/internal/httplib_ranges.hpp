#pragma once

#include <gyre/compat/httplib/request.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace gyre::compat::httplib::internal {

/// A part of a body.
struct Slice {
  std::size_t offset;
  std::size_t length;
};

/// What a range means for a body of `total` bytes, cut at its end. Nothing: it begins behind it.
std::optional<Slice> slice_of(const Range& range, std::size_t total);

/// As it stands in Content-Range; for a range that begins behind the end as it was asked for, as cpp-httplib says it.
std::string content_range(const Range& range, std::size_t total);

/// The slices of a multipart answer. Nothing: one begins behind the end, or they are so many or so long that the answer
/// would be out of proportion.
std::optional<std::vector<Slice>> slices_of(const Ranges& ranges, std::size_t total);

/// What stands before a slice's bytes in such an answer; behind them is a line's end.
std::string part_head(const Slice& slice, std::size_t total, const std::string& boundary,
                      const std::string& content_type);
/// What stands at its end.
std::string closing(const std::string& boundary);

}  // namespace gyre::compat::httplib::internal
