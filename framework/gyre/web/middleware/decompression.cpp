#include <gyre/web/middleware/decompression.hpp>

#include <gyre/http/body.hpp>
#include <gyre/http/body_writer.hpp>
#include <gyre/http/request.hpp>
#include <gyre/loop/yield.hpp>
#include <gyre/web/error.hpp>
#include <gyre/web/handler.hpp>
#include <gyre/web/internal/decoding_filter.hpp>
#include <gyre/web/internal/request_fields.hpp>
#include <gyre/web/internal/setup.hpp>
#include <gyre/wire/token_list.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace gyre {
namespace {

using internal::DecodingFilter;

struct Settings {
  DecompressionOptions options;
  std::string names;  ///< For Accept-Encoding.
};

/// A decoder in its place before a body, taken away again when it goes.
class InstalledFilter {
 public:
  InstalledFilter(const Request& request, Coding coding, std::uint32_t ratio)
      : filter_(request, coding, ratio), source_(request.body_source()) {
    source_->set_filter(&filter_);
  }
  InstalledFilter(const InstalledFilter&) = delete;
  InstalledFilter& operator=(const InstalledFilter&) = delete;
  ~InstalledFilter() { source_->set_filter(nullptr); }

  const DecodingFilter& filter() const noexcept { return filter_; }

 private:
  DecodingFilter filter_;
  detail::BodySource* source_;
};

Response answer_to(const Error& error) {
  switch (error.code()) {
    case Errc::limit_exceeded: return Response::problem(Status::content_too_large);
    case Errc::out_of_memory: return Response::problem(Status::service_unavailable);
    default: return Response::problem(Status::bad_request, "the body is not what its Content-Encoding says");
  }
}

Response unsupported(std::string_view accepted) {
  Response response = Response::problem(Status::unsupported_media_type, "the Content-Encoding is not supported");
  response.add("Accept-Encoding", accepted);
  return response;
}

/// A body that is decoded piece by piece and put together, with a turn of the loop for each so many bytes.
class Collector {
 public:
  static constexpr std::size_t bytes_per_turn = 64 * 1024;

  /// Whether it is time for the next turn.
  bool add(std::string_view piece) {
    text_ += piece;
    const bool due = text_.size() - turn_began_ >= bytes_per_turn;
    if (due) turn_began_ = text_.size();
    return due;
  }
  void hand_over(Request& request) const {
    request.set_body(request.arena().copy(text_));
    request.set_body_source(nullptr);
  }

 private:
  std::string text_;
  std::size_t turn_began_ = 0;
};

/// The body is in memory, as it came.
Task<Response> decode_held(Request& request, Next next, Coding coding, std::uint32_t ratio) {
  using State = detail::BodySource::State;
  {
    DecodingFilter filter{request, coding, ratio};
    Collector collector;
    std::string_view rest = request.body();
    for (;;) {
      const detail::BodySource::Piece piece = filter.pull();
      if (piece.state == State::failed) co_return answer_to(piece.error);
      if (piece.state == State::ended) break;
      if (piece.state == State::ready) {
        if (collector.add(piece.data)) co_await next_turn();
        continue;
      }
      // Slice by slice, since what comes out may be nothing for a long time.
      if (rest.empty()) {
        filter.end();
        continue;
      }
      const std::string_view slice = rest.substr(0, Collector::bytes_per_turn);
      if (slice.data() != request.body().data()) co_await next_turn();
      filter.push(slice);
      rest.remove_prefix(slice.size());
    }
    collector.hand_over(request);
  }
  Task<Response> task = next(request);
  Response response = co_await std::move(task);
  co_return std::move(response);
}

/// The body is on its way, and the handler wants it whole.
Task<Response> decode_arriving(Request& request, Next next, Coding coding, std::uint32_t ratio) {
  {
    InstalledFilter installed{request, coding, ratio};
    Collector collector;
    Body body{request};
    for (;;) {
      const Result<std::string_view> piece = co_await body.read();
      if (installed.filter().failed()) co_return answer_to(installed.filter().error());
      if (piece.value().empty()) break;
      if (collector.add(*piece)) co_await next_turn();
    }
    collector.hand_over(request);
  }
  Task<Response> task = next(request);
  Response response = co_await std::move(task);
  co_return std::move(response);
}

/// The handler reads the body by itself, perhaps for as long as it writes the answer.
Task<Response> decode_read(Request& request, Next next, Coding coding, std::uint32_t ratio) {
  auto installed = std::make_unique<InstalledFilter>(request, coding, ratio);
  Task<Response> task = next(request);
  Response response = co_await std::move(task);
  if (response.streamed()) {
    const std::optional<std::uint64_t> length = response.stream_length();
    auto run = [producer = response.take_stream(), kept = std::move(installed)](BodyWriter& out) {
      return producer(out);
    };
    response.set_stream(std::move(run), length);
  }
  co_return std::move(response);
}

/// The coding of the body. Nothing if it is several, or one that is not taken.
std::optional<Coding> coding_of(std::string_view field, const DecompressionOptions& options) noexcept {
  Coding found = Coding::identity;
  for (wire::TokenList list{field}; list.next();) {
    const std::optional<Coding> coding = parse_coding(list.element());
    if (coding == Coding::identity) continue;
    const bool taken =
        coding && std::find(options.codings.begin(), options.codings.end(), *coding) != options.codings.end();
    if (!taken || found != Coding::identity) return std::nullopt;
    found = *coding;
  }
  return found;
}

Task<Response> decompress(Request& request, Next next, const Settings& settings) {
  using BodyUse = RequestHandler::BodyUse;
  const std::optional<std::string_view> field = internal::joined_field(request, FieldId::content_encoding);
  const bool arriving = request.body_source() != nullptr;
  if (!field || next.body_use() == BodyUse::ignored || (!arriving && request.body().empty())) return next(request);
  const std::optional<Coding> coding = coding_of(*field, settings.options);
  if (!coding) return detail::answering_task(unsupported(settings.names));
  if (*coding == Coding::identity) return next(request);
  const std::uint32_t ratio = settings.options.ratio;
  if (!arriving) return decode_held(request, next, *coding, ratio);
  if (next.body_use() == BodyUse::streamed) return decode_read(request, next, *coding, ratio);
  return decode_arriving(request, next, *coding, ratio);
}

}  // namespace

Middleware decompression(DecompressionOptions options, std::source_location where) {
  const auto refuse = [&](std::string_view why) {
    throw SetupError{internal::place_text(where) + ": decompression: " + std::string{why}};
  };
  if (options.ratio == 0) refuse("the ratio must be at least 1");
  Settings settings{std::move(options), {}};
  for (const Coding coding : settings.options.codings) {
    if (coding == Coding::identity) refuse("identity is no coding to take");
    if (!settings.names.empty()) settings.names += ", ";
    settings.names += name(coding);
  }
  auto unpack = [settings = std::move(settings)](Request& request, Next next) {
    return decompress(request, next, settings);
  };
  return Middleware{std::move(unpack), where};
}

}  // namespace gyre
