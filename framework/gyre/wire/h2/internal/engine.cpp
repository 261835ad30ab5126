#include <gyre/wire/h2/internal/engine.hpp>

#include <gyre/base/assert.hpp>
#include <gyre/wire/h2/internal/callbacks.hpp>
#include <gyre/wire/h2/internal/sent_fields.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

namespace gyre::wire::internal {
namespace {

/// For the limits of nghttp2 that are ours to keep: it goes by the machine's clock, fails without a GOAWAY, or counts a
/// frame once for each piece that its header comes in.
constexpr std::uint64_t nearly_endless = std::uint64_t{1} << 40U;
constexpr std::uint32_t endless_streams = 0x7fffffff;
/// The largest head that we send.
constexpr std::size_t sent_head_max = 1024 * 1024;

struct FreeOptions {
  void operator()(nghttp2_option* options) const noexcept { nghttp2_option_del(options); }
};
struct FreeCallbacks {
  void operator()(nghttp2_session_callbacks* callbacks) const noexcept { nghttp2_session_callbacks_del(callbacks); }
};

std::unique_ptr<nghttp2_option, FreeOptions> nghttp2_options(const H2Limits& limits) {
  nghttp2_option* option = nullptr;
  if (nghttp2_option_new(&option) != 0) throw std::bad_alloc{};
  std::unique_ptr<nghttp2_option, FreeOptions> options{option};
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_no_closed_streams(option, 1);
  // nghttp2 1.52 reads it, too, but where it comes before the request the stream stays in its list of idle ones, and is
  // used there after it was closed and freed.
  nghttp2_option_set_user_recv_extension_type(option, NGHTTP2_PRIORITY_UPDATE);
  nghttp2_option_set_max_deflate_dynamic_table_size(option, limits.header_table);
  nghttp2_option_set_max_send_header_block_length(option, sent_head_max);
  nghttp2_option_set_max_continuations(option, nearly_endless);
  nghttp2_option_set_max_settings(option, nearly_endless);
  nghttp2_option_set_max_outbound_ack(option, nearly_endless);
  nghttp2_option_set_stream_reset_rate_limit(option, nearly_endless, nearly_endless);
  return options;
}

}  // namespace

H2Engine::H2Engine(Side side, const H2Session::Options& options, H2Events& events, H2HeadMemory& memory, TimePoint now)
    : side_(side),
      options_(options),
      events_(&events),
      memory_(&memory),
      now_(now),
      scan_(side == Side::server ? h2_preface.size() : 0),
      ledger_(options_.limits, now) {
  start();
  configure();
}

H2Engine::~H2Engine() {
  is_over_ = is_broken_ = true;
  while (!states_.empty()) {
    H2StreamState& state = states_.front();
    H2Stream* const owner = state.owner;
    drop_state(state);
    if (owner != nullptr) owner->on_closed(H2Error::internal_error);
  }
  // nghttp2 1.52, when it cannot enlarge the queue of streams with data, keeps what it has freed in the stream, and
  // frees that again here. Its memory is lost rather.
  if (is_spoilt_) static_cast<void>(session_.release());
}

void H2Engine::start() {
  nghttp2_session_callbacks* callbacks = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) throw std::bad_alloc{};
  const std::unique_ptr<nghttp2_session_callbacks, FreeCallbacks> owned{callbacks};
  set_callbacks(callbacks);
  const auto options = nghttp2_options(options_.limits);
  nghttp2_mem memory = memory_of(this);
  nghttp2_session* session = nullptr;
  const int result = is_server() ? nghttp2_session_server_new3(&session, callbacks, this, options.get(), &memory)
                                 : nghttp2_session_client_new3(&session, callbacks, this, options.get(), &memory);
  is_starting_ = false;
  if (result != 0) throw std::bad_alloc{};
  session_.reset(session);
}

void H2Engine::configure() {
  const H2Limits& limits = options_.limits;
  std::array<nghttp2_settings_entry, 7> entries;
  std::size_t count = 0;
  // It ends the connection of who exceeds the number that it knows, where one stream should fail (RFC 9113 5.1.2). So
  // it does not know the number that `send` puts there.
  if (is_server()) entries[count++] = {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, endless_streams};
  entries[count++] = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, limits.stream_window};
  entries[count++] = {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, options_.heads.header_block};
  if (limits.header_table != NGHTTP2_DEFAULT_HEADER_TABLE_SIZE) {
    entries[count++] = {NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, limits.header_table};
  }
  entries[count++] = {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1};
  if (is_server()) {
    if (options_.extended_connect) entries[count++] = {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1};
  } else {
    entries[count++] = {NGHTTP2_SETTINGS_ENABLE_PUSH, 0};
  }
  const auto window = static_cast<std::int32_t>(limits.connection_window);
  if (nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, entries.data(), count) != 0 ||
      nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, 0, window) != 0) {
    throw std::bad_alloc{};
  }
}

void* H2Engine::reallocate(void* memory, std::size_t size) noexcept {
  char* const shared = memory_->scratch_->frame.data();
  // nghttp2 packs each frame into a chunk that it has from the beginning, and reads it there until the frame is sent.
  // `send` leaves nothing in it, so all sessions can have the same one. (A client's has the preface in it.)
  if (is_starting_ && is_server() && memory == nullptr && size == H2Scratch::frame_size) return shared;
  void* const moved = memory == shared ? pool().allocate(size) : pool().reallocate(memory, size);
  if (moved == nullptr) {
    is_spoilt_ = true;
  } else if (memory == shared) {
    std::memcpy(moved, shared, std::min(size, H2Scratch::frame_size));
  }
  return moved;
}

void H2Engine::release(void* memory) noexcept {
  if (memory != memory_->scratch_->frame.data()) pool().release(memory);
}

H2StreamState* H2Engine::find(std::uint32_t stream) const noexcept {
  return static_cast<H2StreamState*>(
      nghttp2_session_get_stream_user_data(session_.get(), static_cast<std::int32_t>(stream)));
}

H2StreamState& H2Engine::add_state(std::uint32_t stream) {
  void* const memory = pool().allocate(sizeof(H2StreamState));
  if (memory == nullptr) throw std::bad_alloc{};
  static_assert(alignof(H2StreamState) <= alignof(void*));
  auto* const state = new (memory) H2StreamState;
  state->number = stream;
  states_.push_back(*state);
  return *state;
}

void H2Engine::free_state(H2StreamState& state) noexcept {
  state.~H2StreamState();
  pool().release(&state);
}

void H2Engine::drop_state(H2StreamState& state) noexcept {
  nghttp2_session_set_stream_user_data(session_.get(), static_cast<std::int32_t>(state.number), nullptr);
  if (state.owner != nullptr) --open_;
  free_state(state);
}

int H2Engine::failed(std::exception_ptr thrown) noexcept {
  thrown_ = std::move(thrown);
  return NGHTTP2_ERR_CALLBACK_FAILURE;
}

void H2Engine::throw_failure(int result) {
  is_over_ = is_broken_ = true;
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  if (result == NGHTTP2_ERR_NOMEM) throw std::bad_alloc{};
}

void H2Engine::check(int result) noexcept {
  if (result == NGHTTP2_ERR_NOMEM) is_over_ = is_broken_ = true;
}

void H2Engine::exceed(H2Limit limit) noexcept {
  if (limit == H2Limit::none || is_over_) return;
  exceeded_ = limit;
  terminate(H2Error::enhance_your_calm);
}

void H2Engine::check_queue() noexcept {
  const std::size_t queued = nghttp2_session_get_outbound_queue_size(session_.get());
  if (queued > queued_heads_ + options_.limits.queued_frames) exceed(H2Limit::queued_frames);
}

bool H2Engine::finished() const noexcept {
  return is_broken_ || (rest_.empty() && !goes_ && nghttp2_session_want_read(session_.get()) == 0 &&
                        nghttp2_session_want_write(session_.get()) == 0);
}

void H2Engine::resume(std::uint32_t stream) noexcept {
  check(nghttp2_session_resume_data(session_.get(), static_cast<std::int32_t>(stream)));
}

void H2Engine::consumed(std::uint32_t stream, std::size_t size) noexcept {
  H2StreamState* const state = find(stream);
  if (state == nullptr) return;  // what was left of it was given back when it was closed
  size = std::min(size, state->unused);
  state->unused -= size;
  // Whoever has sent all needs no window.
  check(state->peer_is_done ? nghttp2_session_consume_connection(session_.get(), size)
                            : nghttp2_session_consume(session_.get(), static_cast<std::int32_t>(stream), size));
}

void H2Engine::forget(std::uint32_t stream) noexcept {
  H2StreamState* state = find(stream);
  if (state == nullptr && !is_server()) {  // nghttp2 knows a request from when it is sent
    states_.for_each([&](H2StreamState& each) {
      if (each.number == stream) state = &each;
    });
  }
  if (state == nullptr) return;
  consumed(stream, state->unused);
  if (std::exchange(state->owner, nullptr) != nullptr) --open_;
}

void H2Engine::reset(std::uint32_t stream, H2Error error) noexcept {
  H2StreamState* const state = find(stream);
  if (state != nullptr) {
    if (std::exchange(state->is_reset, true)) return;
  } else if (is_server()) {
    return;
  }
  check(nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, static_cast<std::int32_t>(stream),
                                  static_cast<std::uint32_t>(error)));
}

void H2Engine::ping() noexcept { check(nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr)); }

std::size_t H2Engine::window(std::uint32_t stream) const noexcept {
  const auto size =
      std::min(nghttp2_session_get_stream_remote_window_size(session_.get(), static_cast<std::int32_t>(stream)),
               nghttp2_session_get_remote_window_size(session_.get()));
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

void H2Engine::announce_goaway() noexcept {
  if (is_server()) check(nghttp2_submit_shutdown_notice(session_.get()));
}

// What comes before it goes out is served, too: so it is made then.
void H2Engine::goaway() noexcept { goes_ = !is_over_; }

void H2Engine::terminate(H2Error error) noexcept {
  is_over_ = true;
  error_ = error;
  check(nghttp2_session_terminate_session(session_.get(), static_cast<std::uint32_t>(error)));
}

int H2Engine::on_closed(std::uint32_t stream, std::uint32_t error) noexcept {
  if (is_server()) --begun_;
  const bool is_done = stream == peer_resets_ ||
                       nghttp2_session_get_stream_remote_close(session_.get(), static_cast<std::int32_t>(stream)) == 1;
  ledger_.closed(stream, is_done ? H2Ledger::Peer::done : H2Ledger::Peer::sending);
  if (block().stream() == stream) block().drop();
  H2StreamState* const state = find(stream);
  if (state == nullptr) return 0;
  if (state->unused != 0) check(nghttp2_session_consume_connection(session_.get(), state->unused));
  H2Stream* const owner = state->owner;
  const H2Error fault = state->fault;
  drop_state(*state);
  if (owner != nullptr) owner->on_closed(error == NGHTTP2_NO_ERROR ? fault : h2_error_of(error));
  return 0;
}

}  // namespace gyre::wire::internal
