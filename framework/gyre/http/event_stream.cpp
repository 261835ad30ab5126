#include <gyre/http/event_stream.hpp>

#include <gyre/base/error.hpp>
#include <gyre/coro/context.hpp>

namespace gyre {
namespace {

constexpr std::string_view line_ends{"\r\n\0", 3};

void append_line(std::string& out, std::string_view field, std::string_view value) {
  out.append(field).append(value).append("\n");
}

/// A value that is one line: a break in it would begin another field, or another event.
void append_single(std::string& out, std::string_view field, std::string_view value) {
  if (value.empty()) return;
  if (value.find_first_of(line_ends) != std::string_view::npos) throw Failure{Errc::invalid_argument};
  append_line(out, field, value);
}

/// Every line of the text, whatever ends it (CRLF, LF, CR), with the field before it.
void append_lines(std::string& out, std::string_view field, std::string_view text) {
  for (;;) {
    const std::size_t end = text.find_first_of("\r\n");
    append_line(out, field, text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
  }
}

}  // namespace

EventStream::EventStream(BodyWriter& out, Loop& loop, const EventStreamOptions& options)
    : out_(&out), loop_(&loop), keep_alive_(options.keep_alive) {
  if (options.retry) {
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(*options.retry).count();
    append_line(text_, "retry: ", std::to_string(milliseconds));
    out.sink().put(text_ += '\n');
  }
  wait_again();
}

BodyWriter::Write EventStream::send(const ServerSentEvent& event) {
  text_.clear();
  append_single(text_, "event: ", event.event);
  append_single(text_, "id: ", event.id);
  append_lines(text_, "data: ", event.data);
  return send_text();
}

BodyWriter::Write EventStream::comment(std::string_view text) {
  text_.clear();
  append_lines(text_, ": ", text);
  return send_text();
}

BodyWriter::Write EventStream::send_text() {
  text_ += '\n';
  wait_again();
  return out_->write(text_);
}

void EventStream::wait_again() noexcept {
  if (keep_alive_ != Duration::max()) loop_->arm(timer_, time_after(loop_->now(), keep_alive_));
}

// Comes between the task's own writes. A client that does not even read is the write limit's business.
void EventStream::KeepAlive::fire(Timer& timer) noexcept {
  EventStream& stream = *static_cast<KeepAlive&>(timer).stream;
  detail::BodySink& sink = stream.out_->sink();
  try {
    if (!sink.closed() && sink.has_room()) sink.put(":\n\n");
  } catch (...) {
    // No memory for two bytes: the next one will find some, or the connection its end.
  }
  stream.wait_again();
}

Response event_stream(Callback<Task<>(EventStream&)> producer, EventStreamOptions options) {
  auto run = [producer = std::move(producer), options](BodyWriter& out) -> Task<> {
    Context& context = co_await this_context();
    EventStream events{out, Loop::of(context), options};
    co_await producer(events);
  };
  Response response = Response::stream(std::move(run));
  response.set_content_type("text/event-stream");
  response.add("Cache-Control", "no-cache");
  return response;
}

}  // namespace gyre
