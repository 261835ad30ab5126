#include <gyre/compat/internal/httplib_body_input.hpp>

#include <gyre/compat/httplib/text.hpp>
#include <gyre/compat/internal/httplib_multipart.hpp>
#include <gyre/http/decoder.hpp>
#include <gyre/http/request.hpp>

#include <array>
#include <cstdint>
#include <utility>

namespace gyre::compat::httplib::internal {
namespace {

constexpr std::size_t batch = 64 * 1024;
// Read before the request has a thread: any number of requests may wait for one, but not with all that they carry. The
// requests of an HTTP/2 connection are many.
constexpr std::size_t ahead = 1024 * 1024;
constexpr std::size_t ahead_of_stream = 64 * 1024;
constexpr int bad_request = 400;
constexpr int too_large = 413;

std::optional<Coding> coding_of(const std::string& name) {
  if (name == "gzip") return Coding::gzip;
  if (name == "deflate") return Coding::deflate;
  if (name.find("br") != std::string::npos) return Coding::brotli;
  return std::nullopt;
}

}  // namespace

BodyInput::BodyInput(gyre::Request& native, Body body, std::size_t most)
    : body_(body), ahead_(native.head().version_major() > 1 ? ahead_of_stream : ahead), most_(most) {
  if (!native.limit_body(most)) failed_ = too_large;
}

Task<> BodyInput::collect() { return gather(ahead_, Until::enough); }

// What is there already is taken along: each call costs two turns between threads.
Task<> BodyInput::gather(std::size_t enough, Until until) {
  while (!over_ && failed_ == 0 && piece_.size() < enough) {
    Body::Read read = body_.read();
    const bool there = read.await_ready();
    if (!there && !piece_.empty() && until == Until::something) break;
    Result<std::string_view> bytes = std::string_view{};
    if (there) {
      bytes = read.await_resume();
    } else {
      bytes = co_await read;
    }
    if (!bytes) {
      failed_ = bytes.error() == Errc::limit_exceeded ? too_large : bad_request;
    } else if (bytes->empty()) {
      over_ = true;
    } else {
      piece_ += *bytes;
    }
  }
}

// False at the end, and if it failed.
bool BodyInput::next_piece(LoopCalls& calls) {
  if (!piece_.empty()) return true;
  if (over_ || failed_ != 0) return false;
  try {
    calls([this] { return gather(batch, Until::something); });
  } catch (const Cancelled&) {
    failed_ = bad_request;
  }
  return !piece_.empty();
}

bool BodyInput::read_pieces(LoopCalls& calls, const ContentReceiver& out, int& status) {
  while (next_piece(calls)) {
    const std::string piece = std::exchange(piece_, {});
    if (!out(piece.data(), piece.size())) {
      status = bad_request;
      return false;
    }
  }
  if (failed_ == 0) return true;
  status = failed_;
  return false;
}

bool BodyInput::read_packed(Coding coding, LoopCalls& calls, const ContentReceiver& out, int& status) {
  Decoder decoder{coding};
  std::array<char, 16 * 1024> room;
  std::size_t made = 0;
  bool too_long = false;
  const auto unpack = [&](const char* data, std::size_t size) {
    std::string_view packed{data, size};
    while (true) {
      const Result<CodingStep> step = decoder.step(packed, room);
      if (!step) return false;
      packed.remove_prefix(step->used);
      made += step->made;
      too_long = made > most_;
      if (too_long || (step->made > 0 && !out(room.data(), step->made))) return false;
      if (step->used == 0 && step->made == 0) return packed.empty();
    }
  };
  const bool read = read_pieces(calls, unpack, status);
  if (too_long) status = too_large;
  return read;
}

bool BodyInput::read(const Request& request, LoopCalls& calls, const ContentReceiver& receiver,
                     const MultipartContentHeader& part_header, const ContentReceiver& part_receiver, int& status) {
  std::optional<MultipartReader> form;
  if (request.is_multipart_form_data()) {
    std::string boundary;
    if (!detail::parse_multipart_boundary(request.get_header_value("Content-Type"), boundary)) {
      status = bad_request;
      return false;
    }
    form.emplace(boundary);
  }
  const bool framed = request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
  if (request.method == "DELETE" && !framed) return true;
  const ContentReceiver out = [&](const char* data, std::size_t size) {
    return form ? form->take({data, size}, part_receiver, part_header) : receiver(data, size);
  };
  const std::optional<Coding> coding = coding_of(request.get_header_value("Content-Encoding"));
  if (!(coding ? read_packed(*coding, calls, out, status) : read_pieces(calls, out, status))) return false;
  if (!form || form->complete()) return true;
  status = bad_request;
  return false;
}

}  // namespace gyre::compat::httplib::internal
