#include <gyre/app/arguments.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>
#include <vector>

using namespace gyre;

namespace {

RunOptions read(std::vector<std::string> words, RunOptions defaults = {}) {
  words.insert(words.begin(), "ship");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return run_options(static_cast<int>(arguments.size()), arguments.data(), std::move(defaults));
}

struct Told {
  int code = -1;
  std::string output;
};

/// What a program with these arguments says before it ends, in a process of its own.
Told ends_with(const std::vector<std::string>& words) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    (void)read(words);
    ::_exit(77);  // it went on
  }
  ::close(ends[1]);
  Told told;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    told.output.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFEXITED(status)) told.code = WEXITSTATUS(status);
  return told;
}

/// For the time of a scope the environment has another value.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* const before = std::getenv(name)) before_ = before;
    set(value);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { set(before_ ? before_->c_str() : nullptr); }

 private:
  void set(const char* value) const { value != nullptr ? ::setenv(name_, value, 1) : ::unsetenv(name_); }

  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("what a command line does not say keeps its default", "[app][arguments]") {
  RunOptions defaults;
  defaults.port = 4000;
  defaults.threads = 3;
  defaults.tls = TlsOptions{.port = 4001, .chain = "site.pem"};
  const RunOptions same = read({}, defaults);
  CHECK(same.port == 4000);
  CHECK(same.threads == 3);
  REQUIRE(same.tls);
  CHECK(same.tls->port == 4001);
  const RunOptions other = read({"--tls-key", "site.key", "--port", "0"}, defaults);
  CHECK(other.port == 0);
  CHECK(other.tls->chain == "site.pem");
  CHECK(other.tls->key == "site.key");
  CHECK_FALSE(other.tls->host);
  CHECK_FALSE(read({}).tls);
  const RunOptions https = read({"--host", "", "--tls-host", ""}, defaults);
  CHECK(https.host.empty());
  CHECK(https.tls->host == "");
}

TEST_CASE("each flag of a command line sets its option", "[app][arguments]") {
  const RunOptions options = read(
      {"--host",     "::1", "--port",     "65535", "--unix",     "@a", "--threads",  "2",       "--backend", "epoll",
       "--tls-host", "::",  "--tls-port", "0",     "--tls-unix", "@b", "--tls-cert", "a b.pem", "--tls-key", "k"});
  CHECK(options.host == "::1");
  CHECK(options.port == 65535);
  CHECK(options.unix_path == "@a");
  CHECK(options.threads == 2);
  CHECK(options.backend == Backend::epoll);
  REQUIRE(options.tls);
  CHECK(options.tls->host == "::");
  CHECK(options.tls->port == 0);
  CHECK(options.tls->unix_path == "@b");
  CHECK(options.tls->chain == "a b.pem");
  CHECK(options.tls->key == "k");
  CHECK(options.tls->development.empty());
}

TEST_CASE("a development certificate lies in the user's state directory", "[app][arguments]") {
  const Environment home{"HOME", "/of/ada"};
  SECTION("which the environment names") {
    const Environment state{"XDG_STATE_HOME", "/state"};
    const RunOptions options = read({"--tls", "auto"});
    CHECK(options.tls->development == "/state/gyre/tls");
    CHECK(options.tls->chain.empty());
    CHECK(options.tls->port == 8443);
  }
  SECTION("or which is in the home directory") {
    const char* const value = GENERATE(static_cast<const char*>(nullptr), "", "relative");
    const Environment state{"XDG_STATE_HOME", value};
    CHECK(read({"--tls", "auto"}).tls->development == "/of/ada/.local/state/gyre/tls");
  }
}

TEST_CASE("a command line that cannot be read ends the program with 2, and says why", "[app][arguments]") {
  struct Row {
    std::vector<std::string> words;
    std::string_view said;
  };
  const Row rows[] = {
      {{"--port"}, "ship: --port does not take \"\"\n"},
      {{"--port", "65536"}, "ship: --port does not take \"65536\"\n"},
      {{"--port", "-1"}, "ship: --port does not take \"-1\"\n"},
      {{"--threads", "2x"}, "ship: --threads does not take \"2x\"\n"},
      {{"--backend", "sim"}, "ship: --backend does not take \"sim\"\n"},
      {{"--tls-port"}, "ship: --tls-port does not take \"\"\n"},
      {{"--tls-port", "https"}, "ship: --tls-port does not take \"https\"\n"},
      {{"--tls-port", "70000"}, "ship: --tls-port does not take \"70000\"\n"},
      {{"--tls-unix"}, "ship: --tls-unix does not take \"\"\n"},
      {{"--tls-cert"}, "ship: --tls-cert does not take \"\"\n"},
      {{"--tls-key", ""}, "ship: --tls-key does not take \"\"\n"},
      {{"--tls"}, "ship: --tls does not take \"\"\n"},
      {{"--tls", "on"}, "ship: --tls does not take \"on\"\n"},
      {{"--tls-chain", "a"}, "ship: unknown flag --tls-chain\n"},
      {{"a"}, "ship: unknown flag a\n"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.said);
    const Told told = ends_with(row.words);
    CHECK(told.code == 2);
    CHECK_THAT(told.output, Catch::StartsWith(std::string{row.said} + "usage: ship ["));
  }
}

TEST_CASE("help names every flag", "[app][arguments]") {
  const Told told = ends_with({"--port", "1", "--help"});
  CHECK(told.code == 0);
  for (const char* flag : {"--host", "--port", "--unix", "--threads", "--backend", "--tls-host", "--tls-port",
                           "--tls-unix", "--tls-cert", "--tls-key", "--tls auto"}) {
    CHECK_THAT(told.output, Catch::Contains(flag));
  }
}
