#include <gyre/compat/provider_stream.hpp>

#include <gyre/base/error.hpp>
#include <gyre/compat/internal/blocking_call.hpp>
#include <gyre/http/body_writer.hpp>
#include <gyre/loop/loop_calls.hpp>

#include <string>
#include <utility>

namespace gyre {
namespace {

Task<> write_piece(BodyWriter* out, std::string_view piece) { co_await out->write(piece); }

Task<> put_trailer(BodyWriter* out, std::string_view name, std::string_view value) {
  out->add_trailer(name, value);
  co_return;
}

/// A provider, and what it is to hear in the end. Lives in the callback that a response keeps.
class ProvidedBody {
 public:
  ProvidedBody(Provider provider, ProviderOptions options) noexcept
      : provider_(std::move(provider)), options_(std::move(options)) {}
  ProvidedBody(ProvidedBody&& other) noexcept
      : provider_(std::move(other.provider_)), options_(std::move(other.options_)) {}
  ProvidedBody& operator=(ProvidedBody&&) = delete;
  ~ProvidedBody() {
    if (options_.ended) options_.ended(whole_);
  }

  Task<> operator()(BodyWriter& out) { return send(this, &out); }

 private:
  static Task<> send(ProvidedBody* self, BodyWriter* out) {
    Context& context = co_await this_context();
    OffloadPool& pool = internal::pool_for(Loop::of(context), self->options_.pool.get());
    const auto pull = [self, out](LoopCalls& on_loop) { return self->pull_all(on_loop, *out); };
    Task<bool> pulled = offload_calling(pool, pull);
    self->whole_ = co_await std::move(pulled);
    if (!self->whole_) out->sink().break_off();
  }

  // On a thread of the pool.
  bool pull_all(LoopCalls& on_loop, BodyWriter& out) const {
    ProviderSink sink{on_loop, out};
    while (!sink.is_done() && sink.written() != options_.length) {
      if (!provider_(sink.written(), sink) || !sink.alive()) return false;
    }
    return !options_.length || sink.written() == *options_.length;
  }

  Provider provider_;
  ProviderOptions options_;
  bool whole_ = false;
};

}  // namespace

bool ProviderSink::write(std::string_view piece) {
  if (gone_) return false;
  if (piece.empty()) return alive();
  try {
    (*on_loop_)([&] { return write_piece(out_, piece); });
  } catch (const Cancelled&) {
    gone_ = true;
    return false;
  }
  written_ += piece.size();
  return true;
}

void ProviderSink::add_trailer(std::string_view name, std::string_view value) {
  (*on_loop_)([&] { return put_trailer(out_, name, value); });
}

bool ProviderSink::alive() const noexcept { return !gone_ && !on_loop_->cancelled(); }

Response provider_stream(Provider provider, ProviderOptions options) {
  Response response;
  const std::optional<std::uint64_t> length = options.length;
  response.set_stream(ProvidedBody{std::move(provider), std::move(options)}, length);
  return response;
}

}  // namespace gyre
