#include <gyre/web/next.hpp>

#include <gyre/web/handler.hpp>

namespace gyre {

// A middleware or handler that is no coroutine itself may throw before there is a task to hold the exception.
Task<Response> Next::operator()(Request& request) const {
  try {
    if (*middleware_ == nullptr) return handler_->start(request);
    return (*middleware_)->handle(request, Next{middleware_ + 1, *handler_});
  } catch (...) {
    return detail::failing_task(std::current_exception());
  }
}

}  // namespace gyre
