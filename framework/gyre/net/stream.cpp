#include <gyre/net/stream.hpp>

#include <algorithm>

namespace gyre {

Stream& Stream::operator=(Stream&& other) noexcept {
  if (this != &other) {
    close();
    loop_ = other.loop_;
    descriptor_ = std::exchange(other.descriptor_, -1);
  }
  return *this;
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
  AwaitOperation<ReceiveIntoOperation> receive{*loop_, descriptor_};
  receive.buffer = buffer;
  const Result<int> received = co_await receive;
  if (!received) co_return received.error();
  co_return static_cast<std::size_t>(*received);
}

Task<Result<void>> Stream::write(Bytes bytes) {
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
