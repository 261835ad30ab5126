#include <gyre/web/middleware/access_log.hpp>

#include <gyre/base/error.hpp>
#include <gyre/http/request.hpp>
#include <gyre/loop/loop.hpp>
#include <gyre/web/internal/access_line.hpp>
#include <gyre/web/internal/failure_answer.hpp>
#include <gyre/web/middleware/request_id.hpp>

#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace gyre {
namespace {

/// One request on its way.
class Entry {
 public:
  Entry(const AccessLogOptions& options, const Request& request, Loop& loop)
      : options_(&options), request_(&request), loop_(&loop), began_(loop.now()) {
    const Result<Endpoint> peer = request.peer();  // now: one that leaves has none any more
    if (peer) peer_ = peer->host();
  }

  /// A log that fails is no reason not to answer.
  void write(Status status, std::optional<std::uint64_t> bytes) const noexcept {
    try {
      const internal::AccessRecord record{.time = loop_->wall_time(),
                                          .peer = peer_,
                                          .method = request_->head().method_text(),
                                          .target = request_->target(),
                                          .status = status,
                                          .bytes = bytes,
                                          .length = loop_->now() - began_,
                                          .request_id = request_id_of(*request_),
                                          .user_agent = request_->header(FieldId::user_agent)};
      const bool json = options_->format == AccessLogFormat::json;
      const std::string line = json ? internal::json_line(record) : internal::text_line(record);
      if (options_->sink) {
        options_->sink(line);
      } else {
        access_log_to_stdout(line);
      }
    } catch (...) {
    }
  }

  void write_cancelled() const noexcept { write(internal::status_of_cancelled(*request_), std::nullopt); }

  void write(const Response& response) const noexcept {
    if (request_->context().reason() == CancelReason::deadline) return write_cancelled();  // another has been sent
    const bool counted = !response.streamed() && !response.upgrades();
    const bool sent = allows_body(response.status()) && request_->method() != Method::head;
    write(response.status(), counted ? std::optional<std::uint64_t>{sent ? response.body().size() : 0} : std::nullopt);
  }

 private:
  const AccessLogOptions* options_;
  const Request* request_;
  Loop* loop_;
  TimePoint began_;
  std::string peer_;
};

Task<Response> log(Request& request, Next next, const AccessLogOptions& options) {
  Context& context = co_await this_context();
  const Entry entry{options, request, Loop::of(context)};
  try {
    Task<Response> task = next(request);
    Response response = co_await std::move(task);
    entry.write(response);
    co_return std::move(response);
  } catch (const Cancelled&) {
    entry.write_cancelled();
    throw;
  } catch (...) {
    Response response = internal::answer_failure(request, std::current_exception());
    entry.write(response);
    co_return std::move(response);
  }
}

}  // namespace

void access_log_to_stdout(std::string_view line) noexcept {
  std::fprintf(stdout, "%.*s\n", static_cast<int>(line.size()), line.data());
  std::fflush(stdout);  // what is still in a buffer when the process ends is lost
}

Middleware access_log(AccessLogOptions options, std::source_location where) {
  auto wrap = [options = std::move(options)](Request& request, Next next) { return log(request, next, options); };
  return Middleware{std::move(wrap), where};
}

}  // namespace gyre
