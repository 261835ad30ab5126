// The clients of tls_trap.py and tls_peers.py, on one loop of gyre's own, with `tls_connect`:
//
//     build/benchmarks/tls_clients connect PORT CLIENTS SECONDS [resume]
//         Each client connects, shakes hands, asks for /plaintext once and closes, again and again.
//     build/benchmarks/tls_clients ask PORT CLIENTS SECONDS PATH
//         Each client has one connection and asks again and again.
//     build/benchmarks/tls_clients beside PORT COUNT
//         One client with one connection asks every 3 ms; after 2 s COUNT others shake hands for slow.example.
//
// Each ends with a line "figures: name=value ..."; times in microseconds. Certificates are not verified, but the
// server's signature is: that is part of the handshake.

#include "app_thread.hpp"

#include <gyre/net/tls/connect.hpp>
#include <gyre/net/tls/session.hpp>

#include <array>
#include <atomic>
#include <charconv>
#include <cstdio>

namespace {

using namespace gyre_benchmark;
using namespace std::chrono_literals;

gyre::TlsClient make_client(gyre::TlsTickets tickets) {
  gyre::TlsClientOptions options;
  options.verification = gyre::TlsVerification::nothing_any_server;
  options.tickets = tickets;
  return gyre::TlsClient::make(options).value();
}

/// A time in a figures line.
long long whole(gyre::Duration length) { return std::chrono::duration_cast<std::chrono::microseconds>(length).count(); }

struct Moments {
  gyre::Duration begun{};   ///< Right before the connect.
  gyre::Duration shaken{};  ///< After the handshake.
  gyre::Duration answered{};
};

/// A connection and what it is asked.
class Visit {
 public:
  Visit(gyre::TlsClient client, std::string host, std::uint16_t port)
      : client_(std::move(client)), host_(std::move(host)), port_(port) {}

  gyre::Task<> connect() {
    const gyre::Result<gyre::Endpoint> endpoint = gyre::Endpoint::ip("127.0.0.1", port_);
    auto connecting = gyre::Stream::connect(endpoint.value());
    gyre::Result<gyre::Stream> connected = co_await std::move(connecting);
    auto shaking = gyre::tls_connect(std::move(connected).value(), client_, host_);
    stream_ = co_await std::move(shaking);
  }

  /// Returns how many bytes the body of the answer has.
  gyre::Task<std::uint64_t> ask(std::string_view path) {
    request_.assign("GET ").append(path).append(" HTTP/1.1\r\nHost: ").append(host_).append("\r\n\r\n");
    const gyre::Result<void> sent = co_await stream_.write(gyre::as_bytes(request_));
    sent.value();
    std::string head;
    std::size_t end = std::string::npos;
    while (end == std::string::npos) {
      const std::size_t size = co_await read();
      head.append(reinterpret_cast<const char*>(piece_.data()), size);
      end = head.find("\r\n\r\n");
    }
    if (!head.starts_with("HTTP/1.1 200 ")) throw std::runtime_error{"not 200: " + head.substr(0, end)};
    const std::uint64_t size = content_length(head);
    for (std::uint64_t seen = head.size() - end - 4; seen < size;) {
      const std::size_t more = co_await read();
      seen += more;
    }
    co_return size;
  }

  gyre::Task<> close() {
    const gyre::Result<void> finished = co_await stream_.finish();
    finished.value();
    stream_.close();
  }

  gyre::TlsInfo info() const { return stream_.session()->info(); }

 private:
  gyre::Task<std::size_t> read() {
    const gyre::Result<std::size_t> read = co_await stream_.read(piece_);
    if (read.value() == 0) throw std::runtime_error{"the server has closed the connection"};
    co_return *read;
  }

  /// Both servers spell it in this way.
  static std::uint64_t content_length(std::string_view head) {
    constexpr std::string_view field = "Content-Length: ";
    const std::size_t found = head.find(field);
    std::uint64_t size = 0;
    if (found == std::string_view::npos) throw std::runtime_error{"no Content-Length"};
    std::from_chars(head.data() + found + field.size(), head.data() + head.size(), size);
    return size;
  }

  gyre::TlsClient client_;
  std::string host_;
  std::uint16_t port_;
  gyre::Stream stream_;
  std::string request_;
  std::array<std::byte, 16 * 1024> piece_{};
};

struct Plan {
  std::uint16_t port = 0;
  std::size_t clients = 0;
  gyre::Duration length{};
  gyre::TlsTickets tickets = gyre::TlsTickets::off;
  std::string path = "/plaintext";
  gyre::Duration end{};
};

struct Tally {
  std::vector<gyre::Duration> handshakes;
  std::vector<gyre::Duration> answers;
  std::size_t resumed = 0;
  std::uint64_t bytes = 0;
  std::string cipher;
  gyre::Duration last{};
};

gyre::Task<> visit_again(const Plan* plan, Tally* tally) {
  const gyre::TlsClient client = make_client(plan->tickets);
  while (now() < plan->end) {
    Visit visit{client, "localhost", plan->port};
    Moments moments;
    moments.begun = now();
    co_await visit.connect();
    moments.shaken = now();
    tally->bytes += co_await visit.ask(plan->path);
    moments.answered = now();
    const gyre::TlsInfo info = visit.info();
    tally->resumed += info.resumed ? 1 : 0;
    tally->cipher = info.cipher;
    tally->handshakes.push_back(moments.shaken - moments.begun);
    tally->answers.push_back(moments.answered - moments.shaken);
    co_await visit.close();
    tally->last = now();
  }
}

gyre::Task<> ask_again(const Plan* plan, Tally* tally) {
  const gyre::TlsClient client = make_client(plan->tickets);
  Visit visit{client, "localhost", plan->port};
  co_await visit.connect();
  while (now() < plan->end) {
    const gyre::Duration begun = now();
    tally->bytes += co_await visit.ask(plan->path);
    tally->last = now();
    tally->answers.push_back(tally->last - begun);
  }
  tally->cipher = visit.info().cipher;
}

gyre::Task<> run_all(Plan* plan, Tally* tally, gyre::Task<> (*client)(const Plan*, Tally*)) {
  gyre::Scope scope{co_await gyre::this_context()};
  const gyre::Duration start = now();
  plan->end = start + plan->length;
  for (std::size_t index = 0; index < plan->clients; ++index) scope.spawn(client(plan, tally));
  co_await scope.join();
  tally->last -= start;
}

void show(Tally& tally) {
  std::printf(
      "figures: count=%zu resumed=%zu bytes=%llu microseconds=%lld cipher=%s handshake_p50=%lld "
      "handshake_p99=%lld answer_p50=%lld answer_p99=%lld\n",
      tally.answers.size(), tally.resumed, static_cast<unsigned long long>(tally.bytes), whole(tally.last),
      tally.cipher.c_str(), whole(quantile(tally.handshakes, 0.5)), whole(quantile(tally.handshakes, 0.99)),
      whole(quantile(tally.answers, 0.5)), whole(quantile(tally.answers, 0.99)));
}

// --- beside ----------------------------------------------------------------------------------------------------------

/// One request of the client that is not slow.
struct Sample {
  gyre::Duration begun{};
  gyre::Duration ended{};
};

/// Before the other threads of this process, if they run before all other processes.
void go_first() {
  int policy = 0;
  sched_param priority{};
  ::pthread_getschedparam(::pthread_self(), &policy, &priority);
  if (policy != SCHED_RR) return;
  ++priority.sched_priority;
  ::pthread_setschedparam(::pthread_self(), policy, &priority);
}

/// Asks every 3 ms on a thread and a loop of its own, so that the others' work on the client's side does not delay it.
class FastClient {
 public:
  explicit FastClient(std::uint16_t port) : thread_([this, port] { run(port); }) {}
  FastClient(const FastClient&) = delete;
  FastClient& operator=(const FastClient&) = delete;
  ~FastClient() {
    if (thread_.joinable()) stop();
  }

  /// All its requests.
  std::vector<Sample> stop() {
    stopped_ = true;
    thread_.join();
    if (failure_) std::rethrow_exception(failure_);
    return std::move(samples_);
  }

 private:
  void run(std::uint16_t port) {
    try {
      go_first();
      auto loop = gyre::make_loop();
      if (!loop) throw std::runtime_error{loop.error().message()};
      (*loop)->run(ask(port));
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  gyre::Task<> ask(std::uint16_t port) {
    Visit visit{make_client(gyre::TlsTickets::off), "fast.example", port};
    co_await visit.connect();
    while (!stopped_) {
      Sample sample;
      sample.begun = now();
      co_await visit.ask("/plaintext");
      sample.ended = now();
      samples_.push_back(sample);
      co_await gyre::sleep_for(3ms);
    }
  }

  std::atomic<bool> stopped_{false};
  std::vector<Sample> samples_;
  std::exception_ptr failure_;
  std::thread thread_;
};

gyre::Task<> shake_slowly(std::uint16_t port, std::vector<gyre::Duration>* ends) {
  Visit visit{make_client(gyre::TlsTickets::off), "slow.example", port};
  co_await visit.connect();
  ends->push_back(now());
  co_await visit.ask("/plaintext");
  co_await visit.close();
}

gyre::Task<> shake_all(std::uint16_t port, std::size_t count, std::vector<gyre::Duration>* ends) {
  gyre::Scope scope{co_await gyre::this_context()};
  for (std::size_t index = 0; index < count; ++index) scope.spawn(shake_slowly(port, ends));
  co_await scope.join();
}

void show(const char* name, const std::vector<Sample>& samples, gyre::Duration from, gyre::Duration to) {
  std::vector<gyre::Duration> waits;
  for (const Sample& sample : samples) {
    if (sample.ended >= from && sample.ended < to) waits.push_back(sample.ended - sample.begun);
  }
  std::printf(" %s_count=%zu %s_p50=%lld %s_p99=%lld %s_max=%lld", name, waits.size(), name,
              whole(quantile(waits, 0.5)), name, whole(quantile(waits, 0.99)), name, whole(quantile(waits, 1)));
}

gyre::Task<> rest(gyre::Duration length) { co_await gyre::sleep_for(length); }

/// The provider of slow.example takes 2 s: the handshakes have all begun after 1 s, and the first ends after 2 s.
void run_beside(gyre::Loop& loop, std::uint16_t port, std::size_t count) {
  FastClient fast{port};
  const gyre::Duration start = now();
  loop.run(rest(2s));
  const gyre::Duration begun = now();
  std::vector<gyre::Duration> ends;
  loop.run(shake_all(port, count, &ends));
  const gyre::Duration over = now();
  const std::vector<Sample> samples = fast.stop();
  const auto [first, last] = std::ranges::minmax(ends);
  std::printf("figures: handshakes=%zu first_end=%lld last_end=%lld", ends.size(), whole(first - begun),
              whole(last - begun));
  show("alone", samples, start + 500ms, begun);
  show("begin", samples, begun, begun + 1s);
  show("wait", samples, begun + 1s, begun + 1950ms);
  show("end", samples, begun + 1950ms, over);
  std::printf("\n");
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) throw std::invalid_argument{"not a number"};
  return value;
}

void run(const std::vector<std::string_view>& arguments) {
  if (arguments.size() < 3) throw std::invalid_argument{"see the head of tls_clients.cpp"};
  auto loop = gyre::make_loop();
  if (!loop) throw std::runtime_error{loop.error().message()};
  Plan plan;
  plan.port = number<std::uint16_t>(arguments[1]);
  plan.clients = number<std::size_t>(arguments[2]);
  if (arguments[0] == "beside") return run_beside(**loop, plan.port, plan.clients);
  plan.length = std::chrono::milliseconds{static_cast<long long>(number<double>(arguments.at(3)) * 1e3)};
  const bool connects = arguments[0] == "connect";
  if (connects && arguments.size() > 4) plan.tickets = gyre::TlsTickets::on;
  if (!connects) plan.path = arguments.at(4);
  Tally tally;
  (*loop)->run(run_all(&plan, &tally, connects ? visit_again : ask_again));
  show(tally);
}

}  // namespace

int main(int argc, char** argv) try {
  run({argv + 1, argv + argc});
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "tls_clients: %s\n", error.what());
  return 1;
}
