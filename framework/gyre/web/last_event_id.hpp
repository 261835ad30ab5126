#pragma once

#include <gyre/web/extract.hpp>

#include <string_view>

namespace gyre {

/// Where a client of Server-Sent Events broke off: the id of the last event that it got, empty if there was none. For a
/// handler to take by value; the text is the client's and lives as long as the request.
struct LastEventId {
  std::string_view id;

  static Extracted<LastEventId> extract(Request& request) noexcept {
    return LastEventId{request.header(FieldId::last_event_id)};
  }
};

}  // namespace gyre
