#include <gyre/net/tls/acceptor.hpp>
#include <gyre/net/tls/connect.hpp>

#include <gyre/loop/offload.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/loop/yield.hpp>
#include <gyre/net/tls/session.hpp>

#include <memory>

namespace gyre {
namespace {

using Progress = TlsSession::Progress;

/// One that is under way.
class Handshake {
 public:
  Handshake(Stream given, Box<TlsSession> its_session) : stream(std::move(given)), session(std::move(its_session)) {}

  /// Goes on with it as far as it can.
  Task<Progress> step(Semaphore* pace);
  /// What the peer wants to be told, and more of its bytes.
  Task<> exchange();
  /// Reads and forgets, to the end.
  Task<> drain();
  Task<> send_owed();

  Stream stream;
  Box<TlsSession> session;

 private:
  static constexpr std::size_t piece_size = 4096;
  MutableBytes piece();
  std::unique_ptr<std::byte[]> piece_;
  std::string owed_;
};

// The permit is given back in the next turn: who waits for it computes there, behind what else is ready.
Task<Progress> Handshake::step(Semaphore* pace) {
  if (session->handshake_is_slow()) {
    auto signing = offload([](TlsSession* signs) { return signs->handshake(); }, session.get());
    const Progress progress = co_await std::move(signing);
    co_return progress;
  }
  if (pace == nullptr) co_return session->handshake();
  const Semaphore::Permit permit = co_await pace->acquire();
  const Progress progress = session->handshake();
  co_await next_turn();
  co_return progress;
}

Task<> Handshake::send_owed() {
  const std::string_view owed = as_text(session->owed());
  if (owed.empty()) co_return;
  owed_.assign(owed);
  session->owed_taken();
  const Result<void> sent = co_await stream.write(as_bytes(owed_));
  sent.value();
}

MutableBytes Handshake::piece() {
  if (piece_ == nullptr) piece_ = std::make_unique_for_overwrite<std::byte[]>(piece_size);
  return {piece_.get(), piece_size};
}

Task<> Handshake::drain() {
  constexpr std::size_t drained_max = 64 * 1024;
  std::size_t drained = 0;
  for (std::size_t size = 1; size != 0 && drained < drained_max; drained += size) {
    const Result<std::size_t> received = co_await stream.read(piece());
    size = received.value();
  }
}

Task<> Handshake::exchange() {
  const MutableBytes piece = this->piece();
  const Result<std::size_t> received = co_await stream.read(piece);
  if (received.value() == 0) {
    session->receive_end();
  } else {
    session->receive(piece.first(*received));
  }
}

/// Tells whoever wants to know whose turn it is.
class Turns {
 public:
  explicit Turns(TlsHandshakeObserver* observer) noexcept : observer_(observer) {}

  /// The last step has made of it what it could. At its end, too, the client may be slow to take what it is sent.
  void stepped(Progress progress, const TlsSession& session) const noexcept {
    if (observer_ == nullptr) return;
    if (progress != Progress::wants_bytes || !session.owed().empty()) observer_->handshake_advanced();
    const bool is_ours = progress == Progress::wants_certificate || progress == Progress::wants_signature ||
                         progress == Progress::wants_verdict;
    if (!is_ours) observer_->client_is_due();
  }
  void client_is_due() const noexcept {
    if (observer_ != nullptr) observer_->client_is_due();
  }
  void client_was_heard() const noexcept {
    if (observer_ != nullptr) observer_->client_was_heard();
  }

 private:
  TlsHandshakeObserver* observer_;
};

/// A failure has an alert, which leaves if it can: the peer may be gone, or may not read. Closing with unread bytes
/// would send a reset, and that would overtake it: for a moment they are read.
Task<> say_why(Handshake* handshake) {
  auto sending = handshake->send_owed();
  co_await std::move(sending);
  handshake->stream.shutdown(ShutdownSide::send);
  auto draining = handshake->drain();
  co_await std::move(draining);
}

Task<> give_up(Handshake& handshake) {
  constexpr std::chrono::seconds moment{1};
  try {
    auto saying = say_why(&handshake);
    const Result<void> said = co_await within(moment, std::move(saying));
    (void)said;
  } catch (const Failure&) {
  }
  throw handshake.session->failure();
}

Task<> give_certificate(TlsSession& session, const TlsAcceptor& acceptor) {
  Certificate certificate;
  TlsAlert alert = TlsAlert::unrecognized_name;
  try {
    if (acceptor.certificates()) {
      auto finding = acceptor.certificates()->find(ServerName{session.server_name()});
      certificate = co_await std::move(finding);
    }
  } catch (const Cancelled&) {
    throw;
  } catch (...) {
    alert = alert_for(std::current_exception());
  }
  certificate ? session.use(certificate) : session.refuse(alert);
}

Task<> judge_peer(TlsSession& session, const TlsPeerCheck& check) {
  bool welcome = false;
  try {
    const Shared<const TlsPeer> peer = session.info().peer;
    if (check && peer) {
      auto checking = check(*peer);
      welcome = co_await std::move(checking);
    }
  } catch (const Cancelled&) {
    throw;
  } catch (...) {
    welcome = false;
  }
  welcome ? session.accept_peer() : session.refuse(TlsAlert::access_denied);
}

Task<Stream> finish(Handshake handshake, const TlsAcceptor* acceptor, const TlsPeerCheck& check, Semaphore* pace,
                    Turns turns) {
  TlsSession& session = *handshake.session;
  session.set_wall_time(Loop::of(co_await this_context()).wall_time());
  for (Progress progress = Progress::wants_bytes; progress != Progress::done;) {
    auto stepping = handshake.step(pace);
    progress = co_await std::move(stepping);
    turns.stepped(progress, session);
    if (progress == Progress::failed) co_await give_up(handshake);
    co_await handshake.send_owed();
    if (progress == Progress::wants_bytes) {
      co_await handshake.exchange();
      turns.client_was_heard();
    }
    if (progress == Progress::wants_certificate) co_await give_certificate(session, *acceptor);
    if (progress == Progress::wants_verdict) co_await judge_peer(session, check);
  }
  session.keep();
  handshake.stream.encrypt(std::move(handshake.session));
  co_return std::move(handshake.stream);
}

}  // namespace

Task<Stream> TlsAcceptor::accept(Stream stream, std::string early, Semaphore* pace,
                                 TlsHandshakeObserver* observer) const {
  return accept_with(*this, std::move(stream), std::move(early), pace, observer);
}

Task<Stream> TlsAcceptor::accept_with(TlsAcceptor acceptor, Stream stream, std::string early, Semaphore* pace,
                                      TlsHandshakeObserver* observer) {
  const Turns turns{observer};
  Handshake handshake{std::move(stream), TlsSession::accept(acceptor.server())};
  if (early.empty()) {  // the client speaks first
    turns.client_is_due();
    auto receiving = handshake.exchange();
    co_await std::move(receiving);
    turns.client_was_heard();
  } else {
    handshake.session->receive(as_bytes(early));
  }
  auto finishing = finish(std::move(handshake), &acceptor, acceptor.client_check(), pace, turns);
  Stream encrypted = co_await std::move(finishing);
  co_return std::move(encrypted);
}

Task<Stream> tls_connect(Stream stream, TlsClient client, std::string host, TlsPeerCheck check) {
  Handshake handshake{std::move(stream), TlsSession::connect(client, host)};
  auto finishing = finish(std::move(handshake), nullptr, check, nullptr, Turns{nullptr});
  Stream encrypted = co_await std::move(finishing);
  co_return std::move(encrypted);
}

}  // namespace gyre
