#include <gyre/net/file.hpp>

#include <algorithm>
#include <cerrno>

namespace gyre {
namespace {

std::uint32_t flags_of(const OpenMode& how) noexcept {
  std::uint32_t flags = 0;
  if (how.access != FileAccess::write) flags |= OpenOperation::read;
  if (how.access != FileAccess::read) flags |= OpenOperation::write;
  if (how.create) flags |= OpenOperation::create;
  if (how.exclusive) flags |= OpenOperation::exclusive;
  if (how.truncate) flags |= OpenOperation::truncate;
  if (how.append) flags |= OpenOperation::append;
  return flags;
}

/// A zero would end the path early: the caller has checked one path and the kernel would take another.
bool fit_for_kernel(const std::string& path) noexcept { return path.find('\0') == std::string::npos; }

/// Offsets are signed for the kernel.
bool in_range(std::uint64_t offset, std::uint64_t size) noexcept {
  constexpr std::uint64_t end = std::uint64_t{1} << 63;
  return offset < end && size <= end - offset;
}

}  // namespace

File& File::operator=(File&& other) noexcept {
  if (this != &other) {
    close();
    loop_ = other.loop_;
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
}

void File::close() noexcept {
  if (descriptor_ >= 0) loop_->close(std::exchange(descriptor_, -1));
}

Task<Result<File>> File::open(std::string path, OpenMode how) {
  if (!fit_for_kernel(path)) co_return Errc::invalid_argument;
  Context& context = co_await this_context();
  Loop& loop = Loop::of(context);
  AwaitOperation<OpenOperation> open{loop, -1};
  open.path = path.c_str();
  open.how = flags_of(how);
  open.permissions = how.permissions;
  const Result<int> descriptor = co_await open;
  if (!descriptor) co_return descriptor.error();
  co_return File{loop, *descriptor};
}

Task<Result<File>> File::open_beneath(Directory directory, std::string path, BeneathMode how) {
  if (!fit_for_kernel(path)) co_return Errc::invalid_argument;
  // The kernel gives up where a rename crosses a ".." in a link: the next attempt sees one or the other.
  constexpr int attempts_max = 8;
  Context& context = co_await this_context();
  Loop& loop = Loop::of(context);
  for (int attempt = 1;; ++attempt) {
    AwaitOperation<OpenOperation> open{loop, directory.descriptor()};
    open.path = path.c_str();
    open.directory = directory.path().c_str();
    if (!how.links) open.how |= OpenOperation::no_links;
    const Result<int> descriptor = co_await open;
    if (descriptor) co_return File{loop, *descriptor};
    if (descriptor.error().system() != EAGAIN || attempt == attempts_max) co_return descriptor.error();
  }
}

Task<Result<std::size_t>> File::read(std::uint64_t offset, MutableBytes buffer) {
  if (!in_range(offset, 0)) co_return Errc::invalid_argument;
  AwaitOperation<ReadFileOperation> read{*loop_, descriptor_};
  read.buffer = buffer;
  read.offset = offset;
  const Result<int> count = co_await read;
  if (!count) co_return count.error();
  co_return static_cast<std::size_t>(*count);
}

Task<Result<std::size_t>> File::write(std::uint64_t offset, Bytes bytes) {
  if (!in_range(offset, bytes.size())) co_return Errc::invalid_argument;
  std::size_t written = 0;
  while (written < bytes.size()) {
    AwaitOperation<WriteFileOperation> write{*loop_, descriptor_};
    write.bytes = bytes.subspan(written);
    write.offset = offset + written;
    const Result<int> count = co_await write;
    if (!count) co_return count.error();
    if (*count == 0) co_return Errc::unexpected;  // no file does so; it must not become a loop without end
    written += static_cast<std::size_t>(*count);
  }
  co_return written;
}

Task<Result<FileInfo>> File::info() {
  AwaitOperation<StatOperation> stat{*loop_, descriptor_};
  const Result<int> done = co_await stat;
  if (!done) co_return done.error();
  co_return stat.info;
}

Task<Result<FileInfo>> file_info(std::string path) {
  if (!fit_for_kernel(path)) co_return Errc::invalid_argument;
  Context& context = co_await this_context();
  AwaitOperation<StatOperation> stat{Loop::of(context), -1};
  stat.path = path.c_str();
  const Result<int> done = co_await stat;
  if (!done) co_return done.error();
  co_return stat.info;
}

// A short result is the file's end or a cancellation: the next attempt tells which.
Task<Result<std::uint64_t>> send_file(Stream& to, File& from, std::uint64_t offset, std::uint64_t size) {
  if (!in_range(offset, size)) co_return Errc::invalid_argument;
  std::uint64_t sent = 0;
  while (sent < size) {
    AwaitOperation<SendFileOperation> send{from.loop(), to.descriptor()};
    send.file = from.descriptor();
    send.offset = offset + sent;
    send.size = static_cast<std::size_t>(std::min<std::uint64_t>(size - sent, SendFileOperation::size_max));
    const Result<int> count = co_await send;
    if (!count) co_return count.error();
    if (*count == 0) break;
    sent += static_cast<std::uint64_t>(*count);
  }
  co_return sent;
}

}  // namespace gyre
