#include <gyre/testing/allocation.hpp>

#include <gyre/loop/detail/kernel_memory.hpp>
#include <gyre/testing/internal/allocation_state.hpp>
#include <gyre/testing/repeat.hpp>

#include <cstdlib>
#include <new>

namespace gyre::testing {
namespace internal {

constinit thread_local AllocationState allocation_state{};

bool may_allocate() noexcept {
  AllocationState& state = allocation_state;
  if (state.counted_already || gyre::detail::KernelMemory::in_use()) return true;
  if (state.counters != 0) ++state.count;
  return state.fail_in == 0 || --state.fail_in != 0;
}

namespace {

void* allocate(std::size_t size, std::size_t alignment) noexcept {
  if (!may_allocate()) return nullptr;
  allocation_state.counted_already = true;
  if (size == 0) size = 1;
  void* memory = nullptr;
  if (alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
    memory = std::malloc(size);
  } else {
    memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  }
  allocation_state.counted_already = false;
  return memory;
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
  void* memory = allocate(size, alignment);
  if (memory == nullptr) throw std::bad_alloc{};
  return memory;
}

}  // namespace
}  // namespace internal

AllocationCount::AllocationCount() noexcept : before_(internal::allocation_state.count) {
  ++internal::allocation_state.counters;
}
AllocationCount::~AllocationCount() { --internal::allocation_state.counters; }
std::uint64_t AllocationCount::count() const noexcept { return internal::allocation_state.count - before_; }

void AllocationFault::begin() noexcept {
  if (failed_ || active_) return;
  active_ = true;
  internal::allocation_state.fail_in = left_;
}

void AllocationFault::end() noexcept {
  if (!active_) return;
  active_ = false;
  left_ = internal::allocation_state.fail_in;
  internal::allocation_state.fail_in = 0;
  failed_ = left_ == 0;
}

bool AllocationFault::failed() const noexcept {
  return failed_ || (active_ && internal::allocation_state.fail_in == 0);
}

std::uint64_t fail_each_allocation(const Callback<void(AllocationFault& fault)>& scenario) {
  return repeat_until_none_fails("allocation", [&](std::uint64_t number) {
    AllocationFault fault{number};
    try {
      scenario(fault);
    } catch (const std::bad_alloc&) {
      fault.end();
      if (!fault.failed()) throw;
    } catch (...) {
      fault.end();
      throw;
    }
    fault.end();
    return fault.failed();
  });
}

}  // namespace gyre::testing

using gyre::testing::internal::allocate;
using gyre::testing::internal::allocate_or_throw;

void* operator new(std::size_t size) { return allocate_or_throw(size, 1); }
void* operator new[](std::size_t size) { return allocate_or_throw(size, 1); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return allocate(size, 1); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return allocate(size, static_cast<std::size_t>(alignment));
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t, const std::nothrow_t&) noexcept { std::free(memory); }
