#include <gyre/http/body_writer.hpp>

#include <gyre/base/error.hpp>

#include <algorithm>
#include <string>

namespace gyre {

bool BodyWriter::Write::await_ready() {
  if (sink_->closed()) throw Cancelled{};
  if (all_) {
    sink_->push_out();
    return sink_->flushed();
  }
  sink_->put(text_);
  return sink_->has_room();
}

void BodyWriter::Write::await_resume() const {
  if (outcome() == Outcome::cancelled || sink_->closed()) throw Cancelled{};
}

Task<> BodyWriter::send_file(File& file, std::uint64_t offset, std::uint64_t size) {
  // Measured: a small file is copied in less time than it takes to set up its way past us.
  constexpr std::uint64_t copied_max = 64 * 1024;
  if (size <= copied_max || !sink_->takes_files()) return copy_file(&file, offset, size);
  return splice_file(&file, offset, size);
}

namespace {

/// Breaks the body off unless it has come to its end.
class Unbroken {
 public:
  explicit Unbroken(detail::BodySink& sink) noexcept : sink_(&sink) {}
  Unbroken(const Unbroken&) = delete;
  Unbroken& operator=(const Unbroken&) = delete;
  ~Unbroken() {
    if (sink_ != nullptr) sink_->break_off();
  }
  void ended() noexcept { sink_ = nullptr; }

 private:
  detail::BodySink* sink_;
};

}  // namespace

Task<> BodyWriter::copy_file(File* file, std::uint64_t offset, std::uint64_t size) {
  Unbroken unbroken{*sink_};
  constexpr std::uint64_t piece_max = 64 * 1024;
  std::string text(static_cast<std::size_t>(std::min(size, piece_max)), '\0');
  for (std::uint64_t copied = 0; copied < size; copied += text.size()) {
    text.resize(static_cast<std::size_t>(std::min(size - copied, piece_max)));
    for (std::size_t filled = 0; filled < text.size();) {
      const MutableBytes rest{reinterpret_cast<std::byte*>(text.data()) + filled, text.size() - filled};
      const Result<std::size_t> count = co_await file->read(offset + copied + filled, rest);
      if (count.value() == 0) throw Failure{Errc::closed};  // the file has become shorter
      filled += *count;
    }
    co_await write(text);
  }
  unbroken.ended();
}

Task<> BodyWriter::splice_file(File* file, std::uint64_t offset, std::uint64_t size) {
  // In pieces, so that each makes progress within a time limit and other connections get their turns.
  constexpr std::uint64_t piece_max = 128 * 1024;
  Context& context = co_await this_context();
  co_await flush();
  const int socket = sink_->begin_file(size);
  while (size > 0) {
    co_await flush();
    const std::uint64_t piece = std::min(size, piece_max);
    AwaitOperation<SendFileOperation> send{Loop::of(context), socket};
    send.file = file->descriptor();
    send.offset = offset;
    send.size = piece;
    sink_->begin_file_send(send);
    const Result<int> sent = co_await send;
    const std::uint64_t count = sent ? static_cast<std::uint64_t>(*sent) : 0;
    sink_->end_file(count);
    (void)sent.value();
    if (count != piece) throw Failure{Errc::closed};  // cancelled on the way, or the file has become shorter
    offset += piece;
    size -= piece;
  }
}

}  // namespace gyre
