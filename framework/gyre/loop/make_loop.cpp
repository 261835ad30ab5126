#include <gyre/loop/make_loop.hpp>

#include <gyre/loop/epoll/epoll_loop.hpp>
#include <gyre/loop/uring/uring_loop.hpp>

namespace gyre {

Result<std::unique_ptr<Loop>> make_loop(const LoopOptions& options) {
  if (options.backend == Backend::sim) return Errc::invalid_argument;  // a SimLoop is made by the test that drives it
  if (options.backend != Backend::epoll) {
    Result<std::unique_ptr<Loop>> loop = make_uring_loop(options);
    if (loop || options.backend == Backend::uring) {
      if (loop) (*loop)->set_offload_pool(options.offload_pool);
      return loop;
    }
  }
  Result<std::unique_ptr<Loop>> loop = make_epoll_loop(options);
  if (loop) (*loop)->set_offload_pool(options.offload_pool);
  return loop;
}

}  // namespace gyre
