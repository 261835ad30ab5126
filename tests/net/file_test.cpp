#include <gyre/coro/scope.hpp>
#include <gyre/coro/when_all.hpp>
#include <gyre/loop/sleep.hpp>
#include <gyre/loop/within.hpp>
#include <gyre/net/file.hpp>
#include <gyre/net/listener.hpp>

#include <catch2/catch.hpp>
#include <each_loop.hpp>
#include <file_fixture.hpp>

#include <cstring>

using namespace gyre;
using namespace std::chrono_literals;
using loop_test::Files;
using loop_test::for_each_loop;

namespace {

constexpr OpenMode to_write{.access = FileAccess::write, .create = true, .truncate = true};

Task<std::string> read_all(File& file) {
  std::string text;
  std::byte buffer[1000];
  while (true) {
    const Result<std::size_t> count = co_await file.read(text.size(), buffer);
    if (*count == 0) co_return text;
    text += as_text(Bytes{buffer, *count});
  }
}

/// True if it was cancelled.
template <class T>
bool was_cancelled(const Result<T>& result) {
  return !result && result.error() == Errc::cancelled;
}

/// "opened", or the errno's name.
Task<std::string> beneath(const Directory* directory, std::string path, BeneathMode how = {}) {
  const Result<File> file = co_await File::open_beneath(*directory, std::move(path), how);
  if (file) co_return "opened";
  const int number = file.error().system();
  co_return number == 0 ? std::string{name(file.error().code())} : std::string{::strerrorname_np(number)};
}

struct Pair {
  Stream client;
  Stream server;
};

template <class Body>
Task<> with_pair(Loop& loop, Body body) {
  Listener listener{loop};
  listener.open(Endpoint::ip("127.0.0.1", 0).value()).value();
  {
    Pair pair;
    Endpoint endpoint = listener.endpoint();
    Result<Stream> client = co_await Stream::connect(endpoint);
    pair.client = std::move(client).value();
    Result<Stream> server = co_await listener.accept();
    pair.server = std::move(server).value();
    co_await body(pair);
  }
  co_await listener.close();
}

/// Everything until the end, a little at a time and with pauses.
Task<std::string> read_slowly(Stream& stream) {
  std::string text;
  std::vector<std::byte> buffer(50'000);
  for (int round = 0;; ++round) {
    const Result<std::size_t> count = co_await stream.read(buffer);
    if (!count || *count == 0) co_return text;
    text += as_text(Bytes{buffer.data(), *count});
    if (round % 16 == 0) co_await sleep_for(1ms);
  }
}

std::string numbers(std::size_t size) {
  std::string text;
  for (unsigned number = 0; text.size() < size; ++number) text += std::to_string(number) + '\n';
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("a file is written, looked at and read", "[net][file]") {
  for_each_loop([](Loop& loop) {
    const Files files{loop};
    loop.run([](std::string path) -> Task<> {
      const std::string text = numbers(10'000);
      Result<File> opened = co_await File::open(path, to_write);
      REQUIRE(opened.has_value());
      File file = std::move(*opened);
      CHECK_FALSE(opened->is_open());
      const Result<std::size_t> written = co_await file.write(0, as_bytes(text));
      CHECK(written.value() == text.size());
      const Result<std::size_t> nothing = co_await file.write(0, Bytes{});
      CHECK(nothing.value() == 0);
      const Result<FileInfo> info = co_await file.info();
      CHECK(info.value().size == text.size());
      CHECK(info->kind == FileKind::regular);
      file.close();
      CHECK_FALSE(file.is_open());
      const Result<FileInfo> same = co_await file_info(path);
      CHECK(same.value().inode == info->inode);
      CHECK(same->modified == info->modified);
      Result<File> again = co_await File::open(path);
      const std::string got = co_await read_all(*again);
      CHECK((got == text));
    }(files.path("data")));
  });
}

TEST_CASE("what cannot be opened says why", "[net][file]") {
  for_each_loop([](Loop& loop) {
    const Files files{loop};
    files.put("there", "x");
    loop.run([](std::string directory) -> Task<> {
      const Result<File> missing = co_await File::open(directory + "/missing");
      CHECK(missing.error() == Errc::not_found);
      const Result<FileInfo> unknown = co_await file_info(directory + "/missing");
      CHECK(unknown.error() == Errc::not_found);
      std::string with_zero = directory + "/there";
      with_zero += '\0';
      with_zero += ".html";
      const Result<File> cut = co_await File::open(with_zero);
      CHECK(cut.error() == Errc::invalid_argument);
      const Result<FileInfo> cut_info = co_await file_info(with_zero);
      CHECK(cut_info.error() == Errc::invalid_argument);
      constexpr OpenMode fresh{.access = FileAccess::write, .create = true, .exclusive = true};
      const Result<File> taken = co_await File::open(directory + "/there", fresh);
      REQUIRE_FALSE(taken.has_value());
      CHECK(taken.error().system() == EEXIST);
      Result<File> folder = co_await File::open(directory);
      REQUIRE(folder.has_value());
      const Result<FileInfo> info = co_await folder->info();
      CHECK(info.value().kind == FileKind::directory);
      std::byte buffer[1];
      const Result<std::size_t> count = co_await folder->read(0, buffer);
      REQUIRE_FALSE(count.has_value());
      CHECK(count.error().system() == EISDIR);
      const Result<std::size_t> beyond = co_await folder->read(~std::uint64_t{0}, buffer);
      CHECK(beyond.error() == Errc::invalid_argument);
    }(files.directory()));
  });
}

TEST_CASE("in a cancelled context nothing is done to files", "[net][file][cancel]") {
  for_each_loop([](Loop& loop) {
    const Files files{loop};
    const std::string path = files.put("there", "content");
    bool cancelled = false;
    auto work = [](std::string there, std::string fresh, bool& all) -> Task<> {
      Result<File> opened = co_await File::open(there, OpenMode{.access = FileAccess::read_write});
      Context& context = co_await this_context();
      context.cancel(CancelReason::requested);
      std::byte buffer[4];
      const Result<std::size_t> read = co_await opened->read(0, buffer);
      const Result<std::size_t> written = co_await opened->write(0, as_bytes("lost"));
      const Result<FileInfo> info = co_await opened->info();
      const Result<File> made = co_await File::open(fresh, to_write);
      all = was_cancelled(read) && was_cancelled(written) && was_cancelled(info) && was_cancelled(made);
    };
    loop.run(work(path, files.path("fresh"), cancelled));
    CHECK(cancelled);
    CHECK(files.text("there") == "content");
    CHECK(files.text("fresh") == "(no such file)");
  });
}

TEST_CASE("an open that crosses a cancellation leaks nothing", "[net][file][cancel]") {
  for_each_loop([](Loop& loop) {
    const Files files{loop};
    const std::string path = files.put("there", "content");
    auto open = [](std::string there) -> Task<bool> {
      const Result<File> file = co_await File::open(there);
      co_return file.has_value() || file.error() == Errc::cancelled;
    };
    auto many = [](auto& one, std::string there) -> Task<> {
      for (int round = 0; round < 100; ++round) {
        Context& context = co_await this_context();
        Scope scope{context};
        bool fine = false;
        auto note = [](auto& opening, std::string where, bool& to) -> Task<> { to = co_await opening(where); };
        scope.spawn(note(one, there, fine));
        if (round % 4 == 1) co_await sleep_for(Duration{0});
        if (round % 4 == 2) co_await sleep_for(30us);
        scope.cancel(CancelReason::requested);
        co_await scope.join();
        CHECK(fine);
      }
    };
    loop.run(many(open, path));
  });
}

TEST_CASE("a file is sent to a slow reader, and what is missing is told", "[net][file][send_file]") {
  for_each_loop([](Loop& loop) {
    const Files files{loop};
    const std::string text = numbers(3 * 1024 * 1024);
    const std::string path = files.put("data", text);
    loop.run(with_pair(loop, [&](Pair& pair) -> Task<> {
      Result<File> file = co_await File::open(path);
      auto serve = [](Stream& to, File& from) -> Task<std::uint64_t> {
        const Result<std::uint64_t> sent = co_await send_file(to, from, 100, 4 * 1024 * 1024);
        to.shutdown(ShutdownSide::send);
        co_return sent.value();
      };
      auto [sent, got] = co_await when_all(serve(pair.server, *file), read_slowly(pair.client));
      CHECK(sent == text.size() - 100);
      CHECK((got == text.substr(100)));
      const Result<std::uint64_t> nothing = co_await send_file(pair.client, *file, 0, 0);
      CHECK(nothing.value() == 0);
      const Result<std::uint64_t> beyond = co_await send_file(pair.client, *file, 5'000'000, 10);
      CHECK(beyond.value() == 0);
      const Result<std::uint64_t> overflow = co_await send_file(pair.client, *file, 10, ~std::uint64_t{0});
      CHECK(overflow.error() == Errc::invalid_argument);
    }));
  });
}

TEST_CASE("sending a file is cancelled in the middle, and the answer does not look complete",
          "[net][file][send_file][cancel]") {
  for_each_loop([](Loop& loop) {
    const Files files{loop};
    const std::string text = numbers(16 * 1024 * 1024);
    const std::string path = files.put("data", text);
    loop.run(with_pair(loop, [&](Pair& pair) -> Task<> {
      Result<File> file = co_await File::open(path);
      auto serve = [](Stream& to, File& from, std::uint64_t size) -> Task<bool> {
        const Result<std::uint64_t> sent = co_await send_file(to, from, 0, size);
        co_return was_cancelled(sent);
      };
      const Result<bool> cancelled = co_await within(5ms, serve(pair.server, *file, text.size()));
      CHECK(cancelled.value());
      pair.server.reset();
      std::string got;
      std::byte buffer[4096];
      Result<std::size_t> count = 0;
      while (true) {
        count = co_await pair.client.read(buffer);
        if (!count || *count == 0) break;
        got += as_text(Bytes{buffer, *count});
      }
      REQUIRE_FALSE(count.has_value());
      CHECK(count.error() == Errc::connection_reset);
      CHECK(got.size() < text.size());
      CHECK((got == text.substr(0, got.size())));
    }));
  });
}

TEST_CASE("a file is opened beneath a directory, or not at all", "[net][file]") {
  using namespace std::string_literals;
  for_each_loop([](Loop& loop) {
    const Files files{loop};
    files.put("secret", "x");
    files.put("public/file", "x");
    files.put("public/folder/file", "x");
    const bool simulated = loop.backend() == Backend::sim;
    const Directory directory =
        simulated ? Directory::simulated(files.path("public")) : Directory::open(files.path("public")).value();
    loop.run([](const Directory* root, bool has_links) -> Task<> {
      struct Case {
        std::string path;
        std::string_view outcome;
      };
      const Case cases[] = {{"file", "opened"},
                            {"folder/file", "opened"},
                            {"folder", "opened"},
                            {".", "opened"},
                            {"./folder/../file", "opened"},
                            {"missing", "ENOENT"},
                            {"file/more", "ENOTDIR"},
                            {"", "ENOENT"},
                            {"../secret", "EXDEV"},
                            {"..", "EXDEV"},
                            {"folder/../../secret", "EXDEV"},
                            {"/etc/passwd", "EXDEV"},
                            {"file\0.txt"s, "invalid_argument"}};
      for (const Case& each : cases) {
        INFO(each.path);
        const std::string outcome = co_await beneath(root, each.path);
        CHECK(outcome == each.outcome);
      }
      if (!has_links) co_return;
      const std::string there = root->path();
      std::filesystem::create_symlink("../folder/file", there + "/folder/within");
      std::filesystem::create_symlink("../secret", there + "/out");
      std::filesystem::create_symlink(there + "/file", there + "/absolute");
      const std::string within = co_await beneath(root, "folder/within");
      CHECK(within == "opened");
      const std::string refused = co_await beneath(root, "folder/within", {.links = false});
      CHECK(refused == "ELOOP");
      const std::string out = co_await beneath(root, "out");
      CHECK(out == "EXDEV");
      const std::string absolute = co_await beneath(root, "absolute");
      CHECK(absolute == "EXDEV");
    }(&directory, !simulated));
  });
}

TEST_CASE("a directory that cannot be opened says why", "[net][file]") {
  const Result<Directory> missing = Directory::open("/nonexistent/directory");
  CHECK(missing.error() == Errc::not_found);
  const Result<Directory> file = Directory::open("/proc/self/exe");
  CHECK(file.error().system() == ENOTDIR);
  const Result<Directory> with_zero = Directory::open(std::string("/\0x", 3));
  CHECK(with_zero.error() == Errc::invalid_argument);
}
