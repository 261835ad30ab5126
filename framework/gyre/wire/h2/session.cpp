#include <gyre/wire/h2/session.hpp>

#include <gyre/wire/h2/internal/engine.hpp>
#include <gyre/wire/h2/internal/scratch.hpp>

#include <utility>

namespace gyre::wire {

using Side = internal::H2Engine::Side;

H2HeadMemory::H2HeadMemory() : scratch_(new internal::H2Scratch) {}
H2HeadMemory::~H2HeadMemory() = default;

H2Session::H2Session(Box<internal::H2Engine> engine) noexcept : engine_(std::move(engine)) {}
H2Session::~H2Session() = default;

Box<H2Session> H2Session::server(const Options& options, H2Events& events, H2HeadMemory& memory, TimePoint now) {
  return Box<H2Session>{new H2Session(make_box<internal::H2Engine>(Side::server, options, events, memory, now))};
}

Box<H2Session> H2Session::client(const Options& options, H2Events& events, H2HeadMemory& memory, TimePoint now) {
  return Box<H2Session>{new H2Session(make_box<internal::H2Engine>(Side::client, options, events, memory, now))};
}

bool H2Session::receive(std::string_view data, TimePoint now) { return engine_->receive(data, now); }
bool H2Session::wants_send() const noexcept { return engine_->wants_send(); }
std::size_t H2Session::send(std::span<char> room) { return engine_->send(room); }
bool H2Session::finished() const noexcept { return engine_->finished(); }
H2Error H2Session::error() const noexcept { return engine_->error(); }
H2Limit H2Session::exceeded() const noexcept { return engine_->exceeded(); }
std::uint64_t H2Session::head_under_way() const noexcept { return engine_->head_under_way(); }
std::size_t H2Session::open_streams() const noexcept { return engine_->open_streams(); }

void H2Session::forget(std::uint32_t stream) noexcept { engine_->forget(stream); }

bool H2Session::respond(std::uint32_t stream, const ResponseHead& head, Body body) {
  return engine_->respond(stream, head, body);
}
bool H2Session::inform(std::uint32_t stream, Status status, std::string_view fields) {
  return engine_->inform(stream, status, fields);
}
std::uint32_t H2Session::request(std::span<const H2Field> fields, H2Stream& stream, Body body) {
  return engine_->request(fields, stream, body);
}

void H2Session::resume(std::uint32_t stream) noexcept { engine_->resume(stream); }
void H2Session::consumed(std::uint32_t stream, std::size_t size) noexcept { engine_->consumed(stream, size); }
void H2Session::reset(std::uint32_t stream, H2Error error) noexcept { engine_->reset(stream, error); }
void H2Session::ping() noexcept { engine_->ping(); }
std::size_t H2Session::window(std::uint32_t stream) const noexcept { return engine_->window(stream); }

void H2Session::announce_goaway() noexcept { engine_->announce_goaway(); }
void H2Session::goaway() noexcept { engine_->goaway(); }
void H2Session::terminate(H2Error error) noexcept { engine_->terminate(error); }

}  // namespace gyre::wire
