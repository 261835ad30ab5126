#include <gyre/wire/h2/internal/callbacks.hpp>

#include <gyre/wire/h2/internal/engine.hpp>

#include <exception>

namespace gyre::wire::internal {
namespace {

H2Engine& engine_of(void* user_data) noexcept { return *static_cast<H2Engine*>(user_data); }

std::string_view text_of(const std::uint8_t* bytes, std::size_t size) noexcept {
  return {reinterpret_cast<const char*>(bytes), size};
}

/// Calls a member that may throw, and keeps what it throws.
template <class Call>
auto guarded(void* user_data, Call call) noexcept -> decltype(call(engine_of(user_data))) {
  H2Engine& engine = engine_of(user_data);
  try {
    return call(engine);
  } catch (...) {
    return engine.failed(std::current_exception());
  }
}

/// The same for what arrives: once the connection is over nothing more of it does, not even from the same bytes.
template <class Call>
int listening(void* user_data, Call call) noexcept {
  const int result = guarded(user_data, call);
  return engine_of(user_data).is_over() ? NGHTTP2_ERR_CALLBACK_FAILURE : result;
}

int on_begin_headers(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user_data) {
  return listening(user_data, [&](H2Engine& engine) { return engine.on_begin_headers(*frame); });
}

int on_header(nghttp2_session* /*session*/, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
              const std::uint8_t* value, std::size_t value_size, std::uint8_t /*flags*/, void* user_data) {
  return listening(user_data, [&](H2Engine& engine) {
    return engine.on_header(*frame, text_of(name, name_size), text_of(value, value_size));
  });
}

/// nghttp2 would leave such a field out; it makes the message malformed.
int on_invalid_header(nghttp2_session* /*session*/, const nghttp2_frame* /*frame*/, const std::uint8_t* /*name*/,
                      std::size_t /*name_size*/, const std::uint8_t* /*value*/, std::size_t /*value_size*/,
                      std::uint8_t /*flags*/, void* /*user_data*/) {
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

int on_frame(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user_data) {
  return listening(user_data, [&](H2Engine& engine) { return engine.on_frame(*frame); });
}

int on_invalid_frame(nghttp2_session* /*session*/, const nghttp2_frame* frame, int /*why*/, void* user_data) {
  return listening(user_data, [&](H2Engine& engine) { return engine.on_invalid_frame(*frame); });
}

int on_data(nghttp2_session* /*session*/, std::uint8_t /*flags*/, std::int32_t stream, const std::uint8_t* data,
            std::size_t size, void* user_data) {
  return listening(user_data, [&](H2Engine& engine) {
    return engine.on_data(static_cast<std::uint32_t>(stream), text_of(data, size));
  });
}

int on_extension_chunk(nghttp2_session* /*session*/, const nghttp2_frame_hd* /*header*/, const std::uint8_t* bytes,
                       std::size_t size, void* user_data) {
  return engine_of(user_data).on_priority_chunk(text_of(bytes, size));
}

int on_extension(nghttp2_session* /*session*/, void** payload, const nghttp2_frame_hd* header, void* user_data) {
  *payload = nullptr;
  return listening(user_data, [&](H2Engine& engine) { return engine.on_priority_update(*header); });
}

int on_closed(nghttp2_session* /*session*/, std::int32_t stream, std::uint32_t error, void* user_data) {
  return engine_of(user_data).on_closed(static_cast<std::uint32_t>(stream), error);
}

int on_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user_data) {
  return engine_of(user_data).on_sent(*frame);
}

int on_not_sent(nghttp2_session* /*session*/, const nghttp2_frame* frame, int why, void* user_data) {
  return engine_of(user_data).on_not_sent(*frame, why);
}

H2StreamState& state_of(nghttp2_data_source* source) noexcept { return *static_cast<H2StreamState*>(source->ptr); }

ssize_t next_piece(nghttp2_session* /*session*/, std::int32_t /*stream*/, std::uint8_t* /*buffer*/, std::size_t most,
                   std::uint32_t* flags, nghttp2_data_source* source, void* user_data) {
  return guarded(user_data,
                 [&](H2Engine& engine) -> ssize_t { return engine.next_piece(state_of(source), most, *flags); });
}

int send_piece(nghttp2_session* /*session*/, nghttp2_frame* /*frame*/, const std::uint8_t* header, std::size_t size,
               nghttp2_data_source* source, void* user_data) {
  return engine_of(user_data).send_piece(state_of(source), header, size);
}

void* allocate(std::size_t size, void* user_data) { return engine_of(user_data).pool().allocate(size); }
void release(void* memory, void* user_data) { engine_of(user_data).release(memory); }
void* allocate_zeroed(std::size_t count, std::size_t size, void* user_data) {
  return engine_of(user_data).pool().allocate_zeroed(count, size);
}
void* reallocate(void* memory, std::size_t size, void* user_data) {
  return engine_of(user_data).reallocate(memory, size);
}

}  // namespace

void set_callbacks(nghttp2_session_callbacks* callbacks) noexcept {
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_invalid_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
  nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, on_invalid_frame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_extension_chunk_recv_callback(callbacks, on_extension_chunk);
  nghttp2_session_callbacks_set_unpack_extension_callback(callbacks, on_extension);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_closed);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_sent);
  nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, on_not_sent);
  nghttp2_session_callbacks_set_send_data_callback(callbacks, send_piece);
}

nghttp2_data_provider body_of_stream(H2StreamState& state) noexcept {
  nghttp2_data_provider provider{};
  provider.source.ptr = &state;
  provider.read_callback = next_piece;
  return provider;
}

nghttp2_mem memory_of(void* engine) noexcept { return {engine, allocate, release, allocate_zeroed, reallocate}; }

}  // namespace gyre::wire::internal
