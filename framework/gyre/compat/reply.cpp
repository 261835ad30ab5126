#include <gyre/compat/reply.hpp>

#include <gyre/web/error.hpp>

namespace gyre {

void Reply::fail(std::exception_ptr failure, std::source_location where) const noexcept {
  if (state_ == nullptr) return;
  if (!failure) failure = std::make_exception_ptr(HttpError{Status::internal_server_error});
  state_->fail(std::move(failure), where);
}

}  // namespace gyre
