#include <gyre/testing/connection.hpp>

#include <gyre/testing/internal/answer_reader.hpp>
#include <gyre/testing/internal/limited.hpp>

#include <algorithm>

namespace gyre::testing {

Task<> Connection::write_text(std::string bytes) {
  const Result<void> written = co_await internal::limited(limit_, stream_.write(as_bytes(bytes)), "a client's write");
  (void)written;
  last_sent_ = loop_->now();
}

Task<> Connection::finish() {
  const Result<void> finished = co_await internal::limited(limit_, stream_.finish(), "a client's end");
  (void)finished;
}

// False at the end.
Task<bool> Connection::read_more(std::size_t bytes_max) {
  if (ended_) co_return false;
  constexpr std::size_t piece_max = 16 * 1024;
  std::byte piece[piece_max];
  const MutableBytes room{piece, std::min(bytes_max, piece_max)};
  const Result<std::size_t> count = co_await internal::limited(limit_, stream_.read(room), "waiting for the server");
  ended_ = !count || *count == 0;
  reset_ = !count;
  if (!ended_) input_ += as_text(Bytes{piece, *count});
  co_return !ended_;
}

Task<Answer> Connection::read_answer(Method request) {
  AnswerReader reader{request, last_sent_};
  for (;;) {
    const std::size_t used = reader.read(input_, loop_->now());
    input_.erase(0, used);
    if (reader.done()) co_return reader.take();
    const bool more = co_await read_more(SIZE_MAX);
    if (more) continue;
    if (reset_) throw WrongAnswer{"the server reset the connection before the answer was complete"};
    reader.end();
  }
}

Task<bool> Connection::wait_for_bytes() {
  if (!input_.empty()) co_return true;
  const bool more = co_await read_more(SIZE_MAX);
  co_return more;
}

Task<std::string> Connection::read_some(std::size_t bytes_max) {
  if (input_.empty()) {
    const bool more = co_await read_more(bytes_max);
    (void)more;
  }
  std::string taken = input_.substr(0, bytes_max);
  input_.erase(0, taken.size());
  co_return taken;
}

Task<std::string> Connection::read_until_end() {
  bool more = true;
  while (more) more = co_await read_more(SIZE_MAX);
  co_return std::exchange(input_, {});
}

}  // namespace gyre::testing
