#include <gyre/net/tls/certificate_files.hpp>

#include <gyre/base/intrusive_list.hpp>
#include <gyre/coro/from_callback.hpp>
#include <gyre/loop/offload.hpp>
#include <gyre/loop/signals.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/net/file.hpp>

#include <openssl/crypto.h>

#include <mutex>
#include <optional>
#include <stdexcept>

namespace gyre {
namespace {

/// Leaves no copy of a key in memory that is used for something else.
class Secret {
 public:
  Secret() : buffer_(CertificateFiles::size_max + 1, '\0') {}
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { OPENSSL_cleanse(buffer_.data(), size_); }

  std::string_view text() const noexcept { return std::string_view{buffer_}.substr(0, size_); }
  MutableBytes room() noexcept { return std::as_writable_bytes(std::span{buffer_}).subspan(size_); }
  void add(std::size_t count) noexcept { size_ += count; }

 private:
  std::string buffer_;
  std::size_t size_ = 0;
};

/// What tells whether a file is another one than before.
struct Stamp {
  FileInfo chain;
  FileInfo key;
};

bool same_file(const FileInfo& left, const FileInfo& right) noexcept {
  return left.size == right.size && left.modified == right.modified && left.inode == right.inode &&
         left.device == right.device;
}

[[noreturn]] void fail(const std::string& path, Error error) {
  if (error == Errc::cancelled) throw Cancelled{};
  throw std::runtime_error{path + ": " + error.message()};
}

Task<FileInfo> info_of(std::string path) {
  const Result<FileInfo> info = co_await file_info(path);
  if (!info) fail(path, info.error());
  co_return *info;
}

Task<> read_into(std::string path, Secret* secret) {
  Result<File> file = co_await File::open(path);
  if (!file) fail(path, file.error());
  while (true) {
    const Result<std::size_t> count = co_await file->read(secret->text().size(), secret->room());
    if (!count) fail(path, count.error());
    if (*count == 0) co_return;
    secret->add(*count);
    if (secret->room().empty()) fail(path, Errc::limit_exceeded);
  }
}

/// On a thread of the pool.
Certificate parse(const Secret* chain, const Secret* key, const std::string* password, Duration now) {
  Certificate certificate = Certificate::parse(chain->text(), key->text(), *password).value();
  if (CertificateError error = certificate.check_dates(now)) throw error;
  return certificate;
}

struct Parked : ListHook<Parked> {
  std::optional<CompletionCallback<void>> done;
};

}  // namespace

struct CertificateFiles::State {
  explicit State(CertificateFilesOptions given) : options(std::move(given)) {
    if (options.key.empty()) options.key = options.chain;
  }

  std::uint64_t begin_load();
  void take(const Certificate& fresh, const Stamp& seen, std::uint64_t load);
  void report(const char* text);
  bool changed(const Stamp& now) const;
  void park(Parked& parked, CompletionCallback<void> done);
  void leave(Parked& parked) noexcept;
  bool claim(TimePoint now, bool& asked_for) noexcept;

  CertificateFilesOptions options;

  mutable std::mutex mutex;
  Certificate certificate;
  Stamp stamp;               ///< Of the files that it came from.
  std::uint64_t loads = 0;   ///< Begun so far.
  std::uint64_t taken = 0;   ///< The one that it came from.
  std::string last_failure;  ///< What was reported, until one is taken.
  bool asked = false;        ///< `reload` was called.
  TimePoint next_look{};
  IntrusiveList<Parked> parked;  ///< The tasks of `run`, each until its interval is over.
};

using Lock = std::lock_guard<std::mutex>;

std::uint64_t CertificateFiles::State::begin_load() {
  const Lock lock{mutex};
  return ++loads;
}

void CertificateFiles::State::take(const Certificate& fresh, const Stamp& seen, std::uint64_t load) {
  {
    const Lock lock{mutex};
    if (load < taken) return;  // one that began later was faster, and has seen the newer files
    taken = load;
    certificate = fresh;
    stamp = seen;
    last_failure.clear();
  }
  if (options.on_load) options.on_load(fresh);
}

void CertificateFiles::State::report(const char* text) {
  std::string line = "cannot take the certificate of " + options.chain + ": " + text;
  {
    const Lock lock{mutex};
    if (line == last_failure) return;
    last_failure = line;
  }
  if (options.on_failure) options.on_failure(line);
}

bool CertificateFiles::State::changed(const Stamp& now) const {
  const Lock lock{mutex};
  return !certificate || !same_file(stamp.chain, now.chain) || !same_file(stamp.key, now.key);
}

void CertificateFiles::State::park(Parked& task, CompletionCallback<void> done) {
  const Lock lock{mutex};
  if (asked) return done();
  task.done.emplace(std::move(done));
  parked.push_back(task);
}

void CertificateFiles::State::leave(Parked& task) noexcept {
  std::optional<CompletionCallback<void>> dropped;
  const Lock lock{mutex};
  task.unlink();
  dropped.swap(task.done);
}

/// Whether it is for the caller to look now.
bool CertificateFiles::State::claim(TimePoint now, bool& asked_for) noexcept {
  const Lock lock{mutex};
  asked_for = std::exchange(asked, false);
  if (!asked_for && now < next_look) return false;
  next_look = time_after(now, options.interval);
  return true;
}

CertificateFiles::CertificateFiles(CertificateFilesOptions options) : state_(Shared<State>::make(std::move(options))) {}

Task<Certificate> CertificateFiles::load() const { return load_now(state_); }
Task<> CertificateFiles::run() const { return watch(state_); }
Task<> CertificateFiles::reload_on(int signal) const { return listen(*this, signal); }
Task<Certificate> CertificateFiles::operator()(ServerName) const { return answer(state_); }

void CertificateFiles::reload() const noexcept {
  const Lock lock{state_->mutex};
  state_->asked = true;
  while (!state_->parked.empty()) {
    std::optional<CompletionCallback<void>> done;
    done.swap(state_->parked.pop_front().done);
    (*done)();
  }
}

Certificate CertificateFiles::current() const noexcept {
  const Lock lock{state_->mutex};
  return state_->certificate;
}

std::optional<Duration> CertificateFiles::expires() const noexcept {
  const Certificate certificate = current();
  if (!certificate) return std::nullopt;
  return certificate.not_after();
}

Task<Certificate> CertificateFiles::answer(Shared<State> state) {
  Certificate certificate;
  {
    const Lock lock{state->mutex};
    certificate = state->certificate;
  }
  if (!certificate) throw Failure{Errc::not_found};
  co_return certificate;
}

// What the files are is looked at first: a change while they are read is then seen the next time.
Task<Certificate> CertificateFiles::load_now(Shared<State> state) {
  Context& context = co_await this_context();
  const CertificateFilesOptions& options = state->options;
  const std::uint64_t load = state->begin_load();
  Stamp stamp;
  stamp.chain = co_await info_of(options.chain);
  stamp.key = co_await info_of(options.key);
  Secret chain;
  Secret key;
  co_await read_into(options.chain, &chain);
  if (options.key != options.chain) co_await read_into(options.key, &key);
  const Secret* const key_text = options.key == options.chain ? &chain : &key;
  const Duration now = Loop::of(context).wall_time();
  Task<Certificate> parsing = offload(parse, static_cast<const Secret*>(&chain), key_text, &options.password, now);
  Certificate certificate = co_await std::move(parsing);
  state->take(certificate, stamp, load);
  co_return certificate;
}

Task<> CertificateFiles::look(Shared<State> state) {
  Stamp now;
  now.chain = co_await info_of(state->options.chain);
  now.key = co_await info_of(state->options.key);
  if (state->changed(now)) co_await load_now(state);
}

Task<> CertificateFiles::watch(Shared<State> state) {
  Context& context = co_await this_context();
  while (true) {
    bool asked = false;
    const bool claimed = state->claim(context.executor().now(), asked);
    try {
      if (asked) {
        co_await load_now(state);
      } else if (claimed) {
        co_await look(state);
      }
    } catch (const std::exception& failure) {
      state->report(failure.what());
    }
    Parked parked;
    auto start = [&](CompletionCallback<void> done) { state->park(parked, std::move(done)); };
    auto cancel = [&]() noexcept { state->leave(parked); };
    Task<Result<void>> called = from_callback<void>(start, cancel);
    Task<Result<Result<void>>> waiting = within(state->options.interval, std::move(called));
    const Result<Result<void>> woken = co_await std::move(waiting);
    (void)woken;
    if (context.cancelled()) throw Cancelled{};
  }
}

Task<> CertificateFiles::listen(CertificateFiles files, int signal) {
  Context& context = co_await this_context();
  Signals signals{Loop::of(context)};
  signals.open({signal}).value();
  try {
    while (true) {
      co_await signals.next();
      files.reload();
    }
  } catch (const Cancelled&) {
    // the end
  }
  co_await signals.close();
  throw Cancelled{};
}

}  // namespace gyre
