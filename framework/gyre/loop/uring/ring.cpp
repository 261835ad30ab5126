#include <gyre/loop/uring/ring.hpp>

#include <sys/mman.h>
#include <bit>
#include <cerrno>

namespace gyre::uring {
namespace {

/// Blocking file work that the kernel's own threads do for a ring. Its default for the unbounded kind is tens of
/// thousands.
constexpr unsigned io_workers_max[2] = {4, 4};

// A ring of one thread may be mapped where another thread's was before. The sanitizer does not see liburing's unmapping
// and would call the two a race: it is told that one came before the other.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
char mapping_order;
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
void mapped() noexcept { __tsan_acquire(&mapping_order); }
void about_to_unmap() noexcept { __tsan_release(&mapping_order); }
#define GYRE_TELLS_TSAN
#endif
#endif
#ifndef GYRE_TELLS_TSAN
void mapped() noexcept {}
void about_to_unmap() noexcept {}
#endif

std::size_t entries_bytes(unsigned count) noexcept { return std::size_t{count} * sizeof(io_uring_buf); }

}  // namespace

Ring::~Ring() {
  about_to_unmap();
  if (open_) io_uring_queue_exit(&ring_);
}

Result<void> Ring::open(const LoopOptions& options) {
  constexpr unsigned common = IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
  constexpr unsigned best = common | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
  constexpr unsigned older = common | IORING_SETUP_COOP_TASKRUN;
  const unsigned choices[] = {options.defer_task_run ? best : older, older};
  int error = 0;
  for (const unsigned flags : choices) {
    io_uring_params parameters{};
    parameters.flags = flags;
    parameters.cq_entries = options.completion_entries;
    error = io_uring_queue_init_params(options.submission_entries, &ring_, &parameters);
    if (error != 0 && error != -EINVAL) break;
    if (error != 0) continue;
    mapped();
    open_ = true;
    flags_ = flags;
    break;
  }
  if (error != 0) return Error::from_errno(-error);
  if (const Result<void> checked = check_features(); !checked) return checked.error();
  // Both are optimisations: a kernel without them serves as well.
  (void)io_uring_register_ring_fd(&ring_);
  unsigned workers[2] = {io_workers_max[0], io_workers_max[1]};
  (void)io_uring_register_iowq_max_workers(&ring_, workers);
  return {};
}

// Multishot receive has no feature bit of its own; SEND_ZC came in the same release (6.0) and has an opcode.
Result<void> Ring::check_features() {
  constexpr unsigned needed = IORING_FEAT_EXT_ARG | IORING_FEAT_NODROP | IORING_FEAT_CQE_SKIP;
  if ((ring_.features & needed) != needed) return Error{Errc::unsupported, ENOSYS};
  io_uring_probe* probe = io_uring_get_probe_ring(&ring_);
  if (probe == nullptr) return Error{Errc::unsupported, ENOSYS};
  const bool recent = io_uring_opcode_supported(probe, IORING_OP_SEND_ZC) != 0;
  io_uring_free_probe(probe);
  if (!recent) return Error{Errc::unsupported, ENOSYS};
  return {};
}

Result<void> BufferRing::open(Ring& ring, unsigned count, unsigned size) {
  count = std::bit_ceil(count == 0 ? 1u : count);
  if (count > 32768 || size == 0) return Errc::invalid_argument;
  constexpr int protection = PROT_READ | PROT_WRITE;
  constexpr int kind = MAP_ANONYMOUS | MAP_PRIVATE;
  void* entries = ::mmap(nullptr, entries_bytes(count), protection, kind, -1, 0);
  if (entries == MAP_FAILED) return Error::from_errno(errno);
  void* memory = ::mmap(nullptr, std::size_t{count} * size, protection, kind, -1, 0);
  if (memory == MAP_FAILED) {
    ::munmap(entries, entries_bytes(count));
    return Error::from_errno(ENOMEM);
  }
  entries_ = static_cast<io_uring_buf_ring*>(entries);
  memory_ = static_cast<std::byte*>(memory);
  count_ = count;
  size_ = size;
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(entries);
  registration.ring_entries = count;
  registration.bgid = group_;
  if (const int error = io_uring_register_buf_ring(ring.get(), &registration, 0)) return Error::from_errno(-error);
  ring_ = ring.get();
  io_uring_buf_ring_init(entries_);
  for (unsigned index = 0; index < count; ++index) give_back(index);
  publish();
  return {};
}

BufferRing::~BufferRing() {
  if (ring_ != nullptr) (void)io_uring_unregister_buf_ring(ring_, group_);
  if (entries_ != nullptr) ::munmap(entries_, entries_bytes(count_));
  if (memory_ != nullptr) ::munmap(memory_, std::size_t{count_} * size_);
}

void BufferRing::give_back(unsigned index) noexcept {
  void* buffer = memory_ + std::size_t{index} * size_;
  io_uring_buf_ring_add(entries_, buffer, size_, static_cast<unsigned short>(index), static_cast<int>(count_ - 1),
                        returned_++);
}

void BufferRing::publish() noexcept {
  if (returned_ == 0) return;
  io_uring_buf_ring_advance(entries_, returned_);
  returned_ = 0;
}

}  // namespace gyre::uring
