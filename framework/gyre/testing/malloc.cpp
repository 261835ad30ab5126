// The C face of the allocator. A file of its own, with nothing else in it: a program that has a malloc already, because
// of a sanitizer, then does not take this one out of the library.

#include <gyre/testing/internal/allocation_state.hpp>

#include <cerrno>
#include <cstddef>

using gyre::testing::internal::may_allocate;

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);

void* malloc(std::size_t size) {
  if (may_allocate()) return __libc_malloc(size);
  errno = ENOMEM;
  return nullptr;
}

void* calloc(std::size_t count, std::size_t size) {
  if (may_allocate()) return __libc_calloc(count, size);
  errno = ENOMEM;
  return nullptr;
}

void* realloc(void* memory, std::size_t size) {
  if (may_allocate()) return __libc_realloc(memory, size);
  errno = ENOMEM;
  return nullptr;
}
}
