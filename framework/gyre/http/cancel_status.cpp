#include <gyre/http/cancel_status.hpp>

namespace gyre {

std::optional<Status> answer_to(CancelReason reason) noexcept {
  switch (reason) {
    case CancelReason::client_gone: return std::nullopt;
    case CancelReason::deadline:
    case CancelReason::shutdown:
    case CancelReason::shed:
    case CancelReason::requested: return Status::service_unavailable;
    case CancelReason::none:
    case CancelReason::sibling: break;
  }
  return Status::internal_server_error;
}

Status logged_as(CancelReason reason) noexcept { return answer_to(reason).value_or(Status::client_closed_request); }

}  // namespace gyre
