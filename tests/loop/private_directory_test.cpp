#include <gyre/loop/private_directory.hpp>

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

using namespace gyre;
namespace fs = std::filesystem;

namespace {

/// A directory of the test's own, removed at its end.
struct Place {
  Place() {
    std::string pattern = (fs::temp_directory_path() / "gyre-private-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary directory"};
    path = pattern;
  }
  Place(const Place&) = delete;
  ~Place() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

unsigned mode_of(const fs::path& path) { return static_cast<unsigned>(fs::symlink_status(path).permissions()); }

void put(const fs::path& path, std::string_view text, unsigned mode) {
  std::ofstream{path, std::ios::binary} << text;
  fs::permissions(path, static_cast<fs::perms>(mode));
}

std::string outcome(const Result<std::string>& read) { return read ? *read : std::string{name(read.error().code())}; }

}  // namespace

TEST_CASE("a private directory is made for its user alone, and so are its files", "[loop][private]") {
  const Place place;
  const fs::path path = place.path / "a" / "b" / "keys";
  {
    const PrivateDirectory directory = PrivateDirectory::open(path.string() + "/").value();
    CHECK(mode_of(path) == 0700);
    CHECK(outcome(directory.read("key", 100)) == "not_found");
    REQUIRE(directory.write("key", "secret"));
    CHECK(mode_of(path / "key") == 0600);
    CHECK(outcome(directory.read("key", 6)) == "secret");
    CHECK(outcome(directory.read("key", 5)) == "limit_exceeded");
    put(path / "key.new", "what a crash has left", 0600);
    REQUIRE(directory.write("key", ""));
    CHECK(outcome(directory.read("key", 0)).empty());
    CHECK_FALSE(fs::exists(path / "key.new"));
  }
  const PrivateDirectory again = PrivateDirectory::open(path.string()).value();
  CHECK(outcome(again.read("key", 5)).empty());
}

TEST_CASE("a directory that others have access to is refused", "[loop][private]") {
  const Place place;
  for (const unsigned mode : {0710u, 0701u, 0750u, 0755u, 0720u, 0777u}) {
    fs::permissions(place.path, static_cast<fs::perms>(mode));
    const Result<PrivateDirectory> opened = PrivateDirectory::open(place.path.string());
    REQUIRE_FALSE(opened);
    CHECK(opened.error() == Errc::permission_denied);
    CHECK(mode_of(place.path) == mode);
  }
  fs::permissions(place.path, static_cast<fs::perms>(0700));
  CHECK(PrivateDirectory::open(place.path.string()));
}

TEST_CASE("a file that others have access to, or that is none, is refused", "[loop][private]") {
  const Place place;
  const PrivateDirectory directory = PrivateDirectory::open(place.path.string()).value();
  for (const unsigned mode : {0640u, 0604u, 0660u, 0620u}) {
    put(place.path / "key", "secret", mode);
    CHECK(outcome(directory.read("key", 100)) == "permission_denied");
  }
  fs::permissions(place.path / "key", static_cast<fs::perms>(0400));
  CHECK(outcome(directory.read("key", 100)) == "secret");
  fs::create_symlink(place.path / "key", place.path / "link");
  CHECK(outcome(directory.read("link", 100)) == "permission_denied");
  fs::create_directory(place.path / "directory");
  fs::permissions(place.path / "directory", static_cast<fs::perms>(0700));
  CHECK(outcome(directory.read("directory", 100)) == "permission_denied");
  REQUIRE(::mkfifo((place.path / "fifo").c_str(), 0600) == 0);
  CHECK(outcome(directory.read("fifo", 100)) == "permission_denied");
  CHECK(outcome(directory.read("", 100)) == "invalid_argument");
  CHECK(outcome(directory.read(std::string{"key\0", 4}, 100)) == "invalid_argument");
  CHECK_FALSE(directory.write("", "text"));
}

TEST_CASE("what cannot be a directory is an error", "[loop][private]") {
  const Place place;
  put(place.path / "file", "", 0600);
  CHECK(PrivateDirectory::open("").error() == Errc::invalid_argument);
  CHECK(PrivateDirectory::open(std::string{"a\0b", 3}).error() == Errc::invalid_argument);
  CHECK(PrivateDirectory::open((place.path / "file").string()).error().system() == ENOTDIR);
  CHECK(PrivateDirectory::open((place.path / "file" / "below").string()).error().system() == ENOTDIR);
}

TEST_CASE("one at a time has the lock", "[loop][private][threads]") {
  const Place place;
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  const auto visit = [&] {
    for (int i = 0; i < 50; ++i) {
      const PrivateDirectory directory = PrivateDirectory::open(place.path.string()).value();
      if (!directory.lock()) return;
      const int here = ++inside;
      if (here > most) most = here;
      --inside;
    }
  };
  {
    std::jthread first{visit};
    std::jthread second{visit};
  }
  CHECK(most == 1);
}
