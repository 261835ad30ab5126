#include <gyre/compat/internal/httplib_content_writer.hpp>
#include <gyre/compat/internal/httplib_ranges.hpp>
#include <gyre/compat/internal/httplib_transaction.hpp>

#include <stdexcept>
#include <utility>

namespace gyre::compat::httplib::internal {

Task<> Transaction::write_content(std::shared_ptr<Transaction> self, BodyWriter* out) {
  Context& context = co_await this_context();
  bool complete = false;
  Callback<void(LoopCalls&)> work = [&](LoopCalls& calls) { complete = self->provide(calls, *out); };
  Task<> provided = self->core_->threads.run(Loop::of(context), std::move(work));
  co_await std::move(provided);
  if (complete) co_return;
  if (context.cancelled()) throw Cancelled{};
  throw std::runtime_error{"httplib: a content provider has cut its answer"};
}

bool Transaction::provide(LoopCalls& calls, BodyWriter& out) {
  // The last that is heard of it is the releaser, on this thread, whatever happens.
  struct End {
    Response* response;
    ~End() {
      response->content_provider_ = nullptr;
      response->release_ = nullptr;
    }
  } const end{&response_};
  ContentWriter writer{calls, out, core_->stopping};
  const bool complete = provide_with(writer);
  if (response_.release_ != nullptr) response_.release_->success = complete;
  log();
  return complete;
}

bool Transaction::provide_with(ContentWriter& writer) const {
  const ContentProvider& provider = response_.content_provider_;
  const std::size_t total = response_.content_length_;
  if (total == 0) {
    const bool packed = response_.is_chunked_content_provider_ && response_.has_header("Content-Encoding");
    return writer.provide_all(provider, packed ? coding() : std::nullopt);
  }
  if (provided_ranges_.empty()) return writer.provide(provider, 0, total);
  const auto slices = slices_of(provided_ranges_, total).value();
  if (slices.size() == 1) return writer.provide(provider, slices.front().offset, slices.front().length);
  for (const Slice& slice : slices) {
    if (!writer.write(part_head(slice, total, boundary_, part_type_))) return false;
    if (!writer.provide(provider, slice.offset, slice.length)) return false;
    if (!writer.write("\r\n")) return false;
  }
  return writer.write(closing(boundary_));
}

}  // namespace gyre::compat::httplib::internal
