#include <gyre/net/stream.hpp>

#include <gyre/net/internal/tls_channel.hpp>

#include <algorithm>

namespace gyre {

Stream::Stream() noexcept = default;
Stream::Stream(Loop& loop, int descriptor) noexcept : loop_(&loop), descriptor_(descriptor) {}
Stream::Stream(Stream&& other) noexcept
    : loop_(other.loop_), descriptor_(std::exchange(other.descriptor_, -1)), tls_(std::move(other.tls_)) {}

Stream& Stream::operator=(Stream&& other) noexcept {
  if (this != &other) {
    close();
    loop_ = other.loop_;
    descriptor_ = std::exchange(other.descriptor_, -1);
    tls_ = std::move(other.tls_);
  }
  return *this;
}

Stream::~Stream() { close(); }

void Stream::encrypt(Box<TlsSession> session) { tls_ = make_box<detail::TlsChannel>(std::move(session)); }

const TlsSession* Stream::session() const noexcept { return tls_ == nullptr ? nullptr : tls_->session.get(); }

Box<TlsSession> Stream::take_session() {
  if (tls_ == nullptr) return nullptr;
  tls_->session->keep();  // it looks at the channel's memory
  const Box<detail::TlsChannel> channel = std::exchange(tls_, nullptr);
  return std::move(channel->session);
}

void Stream::close() noexcept {
  if (descriptor_ >= 0) loop_->close(std::exchange(descriptor_, -1));
}

void Stream::reset() noexcept {
  if (descriptor_ >= 0) loop_->reset(std::exchange(descriptor_, -1));
}

Task<Result<Stream>> Stream::connect(Endpoint endpoint) {
  Context& context = co_await this_context();
  Loop& loop = Loop::of(context);
  const Result<int> descriptor = loop.open_socket(endpoint.address());
  if (!descriptor) co_return descriptor.error();
  Stream stream{loop, *descriptor};
  AwaitOperation<ConnectOperation> connect{loop, *descriptor};
  connect.address = endpoint.address();
  const Result<int> connected = co_await connect;
  if (!connected) co_return connected.error();
  co_return std::move(stream);
}

Task<Result<std::size_t>> Stream::read(MutableBytes buffer) {
  return tls_ == nullptr ? receive(buffer) : read_records(buffer);
}

Task<Result<void>> Stream::write(Bytes bytes) { return tls_ == nullptr ? send(bytes) : write_records(bytes); }

Task<Result<std::size_t>> Stream::receive(MutableBytes buffer) {
  AwaitOperation<ReceiveIntoOperation> receive{*loop_, descriptor_};
  receive.buffer = buffer;
  const Result<int> received = co_await receive;
  if (!received) co_return received.error();
  co_return static_cast<std::size_t>(*received);
}

Task<Result<void>> Stream::send(Bytes bytes) {
  constexpr std::size_t once_max = std::size_t{1} << 30;  // a completion counts in 31 bits
  do {
    AwaitOperation<SendOperation> send{*loop_, descriptor_};
    const Bytes part = bytes.first(std::min(bytes.size(), once_max));
    send.parts[0] = part;
    send.part_count = 1;
    const Result<int> sent = co_await send;
    if (!sent) co_return sent.error();
    if (static_cast<std::size_t>(*sent) < part.size()) co_return Errc::cancelled;
    bytes = bytes.subspan(part.size());
  } while (!bytes.empty());
  co_return Result<void>{};
}

// --- encrypted -------------------------------------------------------------------------------------------------------

// What the session owes meanwhile is sent by the next write: it is not urgent, and two sends at once would mix.
Task<Result<std::size_t>> Stream::read_records(MutableBytes buffer) {
  detail::TlsChannel& channel = *tls_;
  TlsSession& session = *channel.session;
  for (;;) {
    const Result<std::size_t> read = session.read(buffer);
    if (!read) co_return read.error();
    if (*read != 0 || session.ended() || buffer.empty()) co_return *read;
    channel.allocate_input();
    const Result<std::size_t> received = co_await receive(channel.input());
    if (!received) co_return received.error();
    if (*received == 0) co_return Errc::closed;
    session.receive(channel.input().first(*received));
  }
}

Task<Result<void>> Stream::write_records(Bytes bytes) {
  detail::TlsChannel& channel = *tls_;
  constexpr std::size_t piece_max = 64 * 1024;
  do {
    const Result<void> owed = co_await send_owed();
    if (!owed) co_return owed.error();
    const Bytes piece = bytes.first(std::min(bytes.size(), piece_max));
    const MutableBytes room = channel.output(TlsSession::bound(piece.size()));
    const Result<std::size_t> sealed = channel.session->write(piece, room);
    if (!sealed) co_return sealed.error();
    const Result<void> sent = co_await send(room.first(*sealed));
    if (!sent) co_return sent.error();
    bytes = bytes.subspan(piece.size());
  } while (!bytes.empty());
  co_return Result<void>{};
}

Task<Result<void>> Stream::send_owed() {
  detail::TlsChannel& channel = *tls_;
  // Again if there is more: whoever reads meanwhile may owe it.
  while (!channel.session->owed().empty()) {
    const Bytes owed = channel.session->owed();
    const std::size_t size = owed.size();
    const MutableBytes room = channel.output(size);
    std::copy(owed.begin(), owed.end(), room.begin());
    channel.session->owed_taken();
    const Result<void> sent = co_await send(room.first(size));
    if (!sent) co_return sent.error();
  }
  co_return Result<void>{};
}

Task<Result<void>> Stream::finish() {
  if (tls_ != nullptr) {
    tls_->session->close();
    const Result<void> sent = co_await send_owed();
    if (!sent) co_return sent.error();
  }
  shutdown(ShutdownSide::send);
  co_return Result<void>{};
}

Result<Endpoint> Stream::local_endpoint() const {
  const Result<SocketAddress> address = loop_->local_address(descriptor_);
  if (!address) return address.error();
  return Endpoint{*address};
}

Result<Endpoint> Stream::peer_endpoint() const {
  const Result<SocketAddress> address = loop_->peer_address(descriptor_);
  if (!address) return address.error();
  return Endpoint{*address};
}

}  // namespace gyre
