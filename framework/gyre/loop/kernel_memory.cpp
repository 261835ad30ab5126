#include <gyre/loop/detail/kernel_memory.hpp>

namespace gyre::detail {

constinit thread_local bool KernelMemory::in_use_ = false;

bool KernelMemory::in_use() noexcept { return in_use_; }

}  // namespace gyre::detail
