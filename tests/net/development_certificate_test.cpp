#include <gyre/net/tls/development_certificate.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::for_each_loop;
namespace fs = std::filesystem;

namespace {

/// A place for the directory, removed at the end.
struct Place {
  Place() {
    std::string pattern = (fs::temp_directory_path() / "gyre-development-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary directory"};
    root = pattern;
    keys = root / "keys";
  }
  Place(const Place&) = delete;
  ~Place() {
    std::error_code ignored;
    fs::remove_all(root, ignored);
  }
  fs::path root;
  fs::path keys;
};

unsigned mode_of(const fs::path& path) { return static_cast<unsigned>(fs::symlink_status(path).permissions()); }

std::string text_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

DevelopmentCertificate get(Loop& loop, const Place& place) {
  return loop.run(development_certificate(place.keys.string()));
}

/// Why there is none.
std::string refusal(Loop& loop, const Place& place) {
  try {
    (void)get(loop, place);
  } catch (const std::exception& failure) {
    return failure.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a development certificate is made once, for this machine's own names", "[net][tls][development]") {
  for_each_loop([](Loop& loop) {
    const Place place;
    const DevelopmentCertificate made = get(loop, place);
    for (const char* host : {"localhost", "127.0.0.1", "::1"}) CHECK(made.certificate.covers(host));
    for (const char* host : {"example.org", "127.0.0.2", "app.localhost"}) CHECK_FALSE(made.certificate.covers(host));
    CHECK_FALSE(made.certificate.check_dates(loop.wall_time()));
    CHECK(made.certificate.not_after() - made.certificate.not_before() == Duration{397 * 24h});
    CHECK_FALSE(made.certificate.signs_slowly());

    CHECK(mode_of(place.keys) == 0700);
    CHECK(mode_of(place.keys / "localhost-key.pem") == 0600);
    CHECK(made.path == (place.keys / "localhost.pem").string());
    CHECK(text_of(made.path).find("PRIVATE KEY") == std::string::npos);
    const std::string both = text_of(place.keys / "localhost-key.pem");
    CHECK(both.starts_with(text_of(made.path)));
    CHECK(Certificate::parse(text_of(made.path), both).value().fingerprint() == made.certificate.fingerprint());

    CHECK(get(loop, place).certificate.fingerprint() == made.certificate.fingerprint());
    CHECK(text_of(place.keys / "localhost-key.pem") == both);
    fs::remove(made.path);  // the public part comes back
    CHECK(get(loop, place).certificate.fingerprint() == made.certificate.fingerprint());
    CHECK(both.starts_with(text_of(made.path)));
    CHECK_FALSE(text_of(made.path).empty());
  });
}

TEST_CASE("a development certificate is made anew a month before it expires", "[net][tls][development]") {
  SimLoop loop;
  const Place place;
  const Certificate first = get(loop, place).certificate;
  const Duration left = first.not_after() - loop.wall_time();
  loop.jump_wall_clock(left - 30 * 24h);
  CHECK(get(loop, place).certificate.fingerprint() == first.fingerprint());
  loop.jump_wall_clock(1s);
  const DevelopmentCertificate second = get(loop, place);
  CHECK(second.certificate.fingerprint() != first.fingerprint());
  CHECK(second.certificate.not_after() > first.not_after());
  CHECK(text_of(place.keys / "localhost-key.pem").starts_with(text_of(second.path)));
  loop.jump_wall_clock(-365 * 24h);  // before its time
  CHECK(get(loop, place).certificate.fingerprint() != second.certificate.fingerprint());
}

TEST_CASE("a key that others can read is refused, and left alone", "[net][tls][development]") {
  SimLoop loop;
  const Place place;
  (void)get(loop, place);
  const fs::path key = place.keys / "localhost-key.pem";
  const std::string before = text_of(key);
  fs::permissions(key, static_cast<fs::perms>(0640));
  CHECK(refusal(loop, place).starts_with(key.string() + ": permission_denied"));
  fs::permissions(key, static_cast<fs::perms>(0600));
  fs::permissions(place.keys, static_cast<fs::perms>(0750));
  CHECK(refusal(loop, place).starts_with(place.keys.string() + ": permission_denied"));
  fs::permissions(place.keys, static_cast<fs::perms>(0700));
  CHECK(text_of(key) == before);
  std::ofstream{key} << "my diary";
  CHECK(refusal(loop, place).starts_with("no_certificate"));
  CHECK(text_of(key) == "my diary");
  fs::rename(key, place.root / "elsewhere");
  fs::create_symlink(place.root / "elsewhere", key);
  CHECK(refusal(loop, place).starts_with(key.string() + ": permission_denied"));
}

TEST_CASE("whoever asks at once has the same development certificate", "[net][tls][development][threads]") {
  const Place place;
  std::vector<std::string> fingerprints(6);
  {
    std::vector<std::jthread> threads;
    for (std::string& fingerprint : fingerprints) {
      threads.emplace_back([&] {
        SimLoop loop;
        fingerprint = get(loop, place).certificate.fingerprint();
      });
    }
  }
  for (const std::string& fingerprint : fingerprints) CHECK(fingerprint == fingerprints.front());
  CHECK(fingerprints.front().size() == 64);
}
