#include <gyre/compat/internal/httplib_content_writer.hpp>

#include <algorithm>
#include <array>

namespace gyre::compat::httplib::internal {
namespace {

// A piece at a time, so that what waits to be sent stays bounded (`Limits::output`).
Task<> write_pieces(BodyWriter* out, std::string_view text) {
  constexpr std::size_t piece = 64 * 1024;
  while (!text.empty()) {
    const std::string_view front = text.substr(0, piece);
    co_await out->write(front);
    text.remove_prefix(front.size());
  }
}

}  // namespace

bool ContentWriter::write(std::string_view text) {
  if (ok_ && calls_->cancelled()) ok_ = false;
  if (!ok_ || text.empty()) return ok_;
  try {
    (*calls_)([&] { return write_pieces(out_, text); });
  } catch (const Cancelled&) {
    ok_ = false;
  } catch (const Failure&) {
    ok_ = false;
  }
  return ok_;
}

bool ContentWriter::provide(const ContentProvider& provider, std::size_t offset, std::size_t length) {
  const std::size_t end = offset + length;
  DataSink sink;
  sink.write = [&](const char* data, std::size_t size) {
    const std::string_view text{data, std::min(size, end - offset)};
    if (!write(text)) return false;
    offset += text.size();
    return true;
  };
  sink.done = [] {};
  sink.is_writable = [&] { return ok_ && !ended(); };
  while (offset < end) {
    if (ended() || !provider(offset, end - offset, sink) || !ok_) return false;
  }
  return true;
}

bool ContentWriter::provide_all(const ContentProvider& provider, std::optional<Coding> coding) {
  std::optional<Encoder> encoder;
  if (coding) encoder.emplace(*coding);
  bool open = true;
  std::size_t offset = 0;
  DataSink sink;
  sink.write = [&](const char* data, std::size_t size) {
    if (!ok_ || !open) return ok_;
    if (size == 0) open = false;  // an end, too
    offset += size;
    const std::string_view text{data, size};
    return encoder ? pack(*encoder, text, EncoderEnd::open) : write(text);
  };
  sink.done = [&] { open = false; };
  sink.is_writable = [&] { return ok_ && !ended(); };
  while (open) {
    if (ended() || !provider(offset, 0, sink) || !ok_) return false;
  }
  return !encoder || pack(*encoder, {}, EncoderEnd::finish);
}

bool ContentWriter::pack(Encoder& encoder, std::string_view text, EncoderEnd end) {
  std::array<char, 16 * 1024> room;
  std::string packed;
  for (bool done = false; !done;) {
    const CodingStep step = encoder.step(text, room, end);
    packed.append(room.data(), step.made);
    text.remove_prefix(step.used);
    done = step.done;
  }
  return write(packed);
}

}  // namespace gyre::compat::httplib::internal
