#pragma once

#include <gyre/base/time.hpp>
#include <gyre/http/request.hpp>
#include <gyre/wire/conditional.hpp>
#include <gyre/wire/range.hpp>

#include <cstdint>
#include <span>

namespace gyre {

/// What the conditions of a request (If-Match, If-None-Match and their like) mean for an answer whose content has these
/// validators: see `wire::evaluate_conditions`. The answer carries the validators itself, as ETag and Last-Modified.
///
///     gyre::Loop& loop = gyre::Loop::of(request.context());
///     switch (gyre::check_conditions(request, {.entity_tag = gyre::wire::EntityTag{version}}, loop.wall_time())) {
///       case gyre::wire::Precondition::not_modified: co_return gyre::Status::not_modified;
///       case gyre::wire::Precondition::failed: co_return gyre::Response::problem(gyre::Status::precondition_failed);
///       default: break;
///     }
///
/// `wall_time` is that of the loop. A field that must stand once and stands twice is no condition. Throws
/// `std::bad_alloc`.
wire::Precondition check_conditions(Request& request, const wire::Validators& current, Duration wall_time);

/// The ranges that a GET asks for of a content of `size` bytes: see `wire::parse_range`. `condition` is what
/// `check_conditions` said. `room` holds the ranges, and its size is how many the answer can have.
wire::RangeAnswer wanted_ranges(const Request& request, wire::Precondition condition, std::uint64_t size,
                                std::span<wire::ByteRange> room) noexcept;

}  // namespace gyre
