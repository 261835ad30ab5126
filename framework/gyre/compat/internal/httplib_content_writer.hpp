#pragma once

#include <gyre/compat/httplib/content.hpp>
#include <gyre/http/body_writer.hpp>
#include <gyre/http/encoder.hpp>
#include <gyre/loop/loop_calls.hpp>

#include <atomic>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gyre::compat::httplib::internal {

/// Has content providers write an answer's body. On a thread of the pool, which waits for the loop, and so for the
/// client, with every write. All return false where the answer is to be cut.
class ContentWriter {
 public:
  /// `stopping` ends it, too.
  ContentWriter(LoopCalls& calls, BodyWriter& out, const std::atomic<bool>& stopping) noexcept
      : calls_(&calls), out_(&out), stopping_(&stopping) {}

  /// `length` bytes from `offset` on, and no more, whatever the provider writes.
  bool provide(const ContentProvider& provider, std::size_t offset, std::size_t length);
  /// Until it says that it is done.
  bool provide_all(const ContentProvider& provider, std::optional<Coding> coding);
  bool write(std::string_view text);

 private:
  bool ended() const noexcept { return calls_->cancelled() || *stopping_; }
  bool pack(Encoder& encoder, std::string_view text, EncoderEnd end);

  LoopCalls* calls_;
  BodyWriter* out_;
  const std::atomic<bool>* stopping_;
  bool ok_ = true;
};

}  // namespace gyre::compat::httplib::internal
