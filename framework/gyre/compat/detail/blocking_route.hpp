#pragma once

#include <gyre/compat/detail/callback_route.hpp>
#include <gyre/compat/request_copy.hpp>

namespace gyre::detail {

enum class CopyRequest : bool { no, yes };

/// A route whose function blocks, on a pool of threads.
class BlockingRoute : public CallbackRoute {
 public:
  /// On a thread of the pool. `copy` is nullptr unless it was asked for.
  virtual void block(const Request& request, const RequestCopy* copy, Response& response) const = 0;

 protected:
  BlockingRoute(CopyRequest copy, CallbackOptions options, const std::source_location& where)
      : CallbackRoute(std::move(options), where), copy_(copy) {}
  Task<Response> begin(Request& request) final { return answer_blocking(this, &request); }

 private:
  static Task<Response> answer_blocking(const BlockingRoute* route, Request* request);

  CopyRequest copy_;
};

}  // namespace gyre::detail
