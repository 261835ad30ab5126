#include <gyre/coro/scope.hpp>
#include <gyre/loop/offload.hpp>

#include "each_loop.hpp"
#include "file_fixture.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <cerrno>
#include <latch>
#include <memory>
#include <span>

using namespace loop_test;
using gyre::Loop;
using gyre::OpenOperation;

namespace {

struct Opening : Noted<OpenOperation> {
  Opening(Pump& pump, std::string file, std::uint32_t flags = OpenOperation::read)
      : Noted(pump), where(std::move(file)) {
    path = where.c_str();
    how = flags;
  }
  std::string where;
};

struct Reading : Noted<gyre::ReadFileOperation> {
  Reading(Pump& pump, int from, std::uint64_t at, std::size_t size) : Noted(pump, from), room(size, '?') {
    buffer = std::as_writable_bytes(std::span{room});
    offset = at;
  }
  std::string got() const { return room.substr(0, static_cast<std::size_t>(std::max(0, result()))); }
  std::string room;
};

struct Writing : Noted<gyre::WriteFileOperation> {
  Writing(Pump& pump, int to, std::uint64_t at, std::string_view text) : Noted(pump, to) {
    bytes = gyre::as_bytes(text);
    offset = at;
  }
};

using Stating = Noted<gyre::StatOperation>;

template <class Noting>
int result_of(Noting& operation) {
  operation.submit();
  CHECK(operation.count() == 0);
  CHECK(operation.finish());
  return operation.result();
}

int open(Pump& pump, const std::string& path, std::uint32_t how = OpenOperation::read) {
  Opening opening{pump, path, how};
  return result_of(opening);
}

int read_at(Pump& pump, int file, std::uint64_t offset, std::size_t size, std::string* text = nullptr) {
  Reading reading{pump, file, offset, size};
  const int result = result_of(reading);
  if (text != nullptr) *text = reading.got();
  return result;
}

/// In as many writes as it takes.
void write_at(Pump& pump, int file, std::uint64_t offset, std::string_view text) {
  while (!text.empty()) {
    Writing writing{pump, file, offset, text};
    const int written = result_of(writing);
    REQUIRE(written > 0);
    text.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

constexpr std::uint32_t for_writing = OpenOperation::write | OpenOperation::create;

}  // namespace

TEST_CASE("a file is read at every offset, and ends", "[loop][file]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const std::string text = pattern(10'000);
    Open file{loop, open(pump, files.put("data", text))};
    REQUIRE(file >= 0);
    std::string got;
    while (got.size() < text.size()) {
      std::string piece;
      REQUIRE(read_at(pump, file, got.size(), 3000, &piece) > 0);
      got += piece;
    }
    CHECK((got == text));
    CHECK(read_at(pump, file, text.size() - 3, 3000) <= 3);
    CHECK(read_at(pump, file, text.size(), 3000) == 0);
    CHECK(read_at(pump, file, text.size() + 1'000'000, 3000) == 0);
    CHECK(read_at(pump, file, 0, 0) == 0);
    CHECK(read_at(pump, file, std::uint64_t{1} << 63, 10) == -EINVAL);
  });
}

TEST_CASE("what is written lies where it was put", "[loop][file]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    {
      Open file{loop, open(pump, files.path("data"), for_writing | OpenOperation::read)};
      REQUIRE(file >= 0);
      write_at(pump, file, 0, "hello world");
      write_at(pump, file, 6, "there");
      write_at(pump, file, 14, "far");
      std::string text;
      CHECK(read_at(pump, file, 6, 1, &text) == 1);
      CHECK(text == "t");
    }
    pump.settle();
    CHECK(files.text("data") == std::string("hello there\0\0\0far", 17));
    {
      Open file{loop, open(pump, files.path("data"), OpenOperation::write | OpenOperation::append)};
      write_at(pump, file, 0, "!");
    }
    CHECK(files.text("data") == std::string("hello there\0\0\0far!", 18));
    {
      Open file{loop, open(pump, files.path("data"), OpenOperation::write | OpenOperation::truncate)};
      CHECK(files.text("data").empty());
    }
  });
}

TEST_CASE("what cannot be opened, read or written says why", "[loop][file]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const std::string there = files.put("there", "x");
    CHECK(open(pump, files.path("missing")) == -ENOENT);
    CHECK(open(pump, files.path("missing"), OpenOperation::write) == -ENOENT);
    CHECK(open(pump, "") == -ENOENT);
    CHECK(open(pump, there + "/below") == -ENOTDIR);
    CHECK(open(pump, there + "/") == -ENOTDIR);
    CHECK(open(pump, files.directory(), OpenOperation::write) == -EISDIR);
    CHECK(open(pump, there, for_writing | OpenOperation::exclusive) == -EEXIST);
    Open directory{loop, open(pump, files.directory())};
    CHECK(directory >= 0);
    CHECK(read_at(pump, directory, 0, 10) == -EISDIR);
    Open reader{loop, open(pump, there)};
    Writing denied{pump, reader, 0, "x"};
    CHECK(result_of(denied) == -EBADF);
    Open writer{loop, open(pump, there, OpenOperation::write)};
    CHECK(read_at(pump, writer, 0, 10) == -EBADF);
    CHECK(read_at(pump, -1, 0, 10) == -EBADF);
    Stating bad{pump, -1};
    CHECK(result_of(bad) == -EBADF);
  });
}

TEST_CASE("what is known of a file", "[loop][file]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const std::string path = files.put("data", "12345");
    const std::string other = files.put("other", "");
    Stating by_path{pump};
    by_path.path = path.c_str();
    CHECK(result_of(by_path) == 0);
    CHECK(by_path.info.size == 5);
    CHECK(by_path.info.kind == gyre::FileKind::regular);
    const gyre::Duration age = loop.wall_time() - by_path.info.modified;
    CHECK((age > -1min && age < 1h));
    Open file{loop, open(pump, path)};
    Stating by_descriptor{pump, file};
    CHECK(result_of(by_descriptor) == 0);
    CHECK(by_descriptor.info.inode == by_path.info.inode);
    CHECK(by_descriptor.info.device == by_path.info.device);
    CHECK(by_descriptor.info.modified == by_path.info.modified);
    Stating of_other{pump};
    of_other.path = other.c_str();
    CHECK(result_of(of_other) == 0);
    CHECK(of_other.info.size == 0);
    CHECK(of_other.info.inode != by_path.info.inode);
    Stating of_directory{pump};
    of_directory.path = files.directory().c_str();
    CHECK(result_of(of_directory) == 0);
    CHECK(of_directory.info.kind == gyre::FileKind::directory);
    const std::string missing = files.path("missing");
    Stating of_missing{pump};
    of_missing.path = missing.c_str();
    CHECK(result_of(of_missing) == -ENOENT);
  });
}

TEST_CASE("work on files is cancelled before it begins, or has its result", "[loop][file][cancel]") {
  for_each_loop([](Loop& loop) {
    for (int turns = 0; turns < 4; ++turns) {
      Pump pump{loop};
      Files files{loop};
      const std::string path = files.put("data", "12345");
      Open file{loop, open(pump, path, OpenOperation::read | OpenOperation::write)};
      Opening opening{pump, path};
      Reading reading{pump, file, 1, 3};
      Writing writing{pump, file, 4, "!"};
      Stating stating{pump};
      stating.path = path.c_str();
      opening.submit();
      reading.submit();
      writing.submit();
      stating.submit();
      pump.turns(turns);
      const std::size_t early = opening.count() + reading.count() + writing.count() + stating.count();
      const std::size_t armed = loop.armed();
      CHECK(early + armed == 4);
      opening.cancel();
      reading.cancel();
      writing.cancel();
      stating.cancel();
      CHECK(loop.armed() == armed);
      CHECK(pump.until([&] { return loop.armed() == 0; }));
      CHECK(opening.count() + reading.count() + writing.count() + stating.count() == 4);
      if (opening.result() >= 0) loop.close(opening.result());  // a late descriptor is the owner's
      CHECK((opening.result() >= 0 || opening.result() == -ECANCELED));
      CHECK((reading.result() > 0 || reading.result() == -ECANCELED));
      CHECK((writing.result() == 1 || writing.result() == -ECANCELED));
      CHECK((stating.result() == 0 || stating.result() == -ECANCELED));
      CHECK(files.text("data") == (writing.result() == 1 ? "1234!" : "12345"));
      if (reading.result() > 0) CHECK(std::string_view{"234"}.starts_with(reading.got()));
    }
  });
}

TEST_CASE("hundreds of reads at once, half of them cancelled", "[loop][file][cancel]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const std::string text = pattern(64 * 1024);
    Open file{loop, open(pump, files.put("data", text))};
    std::vector<std::unique_ptr<Reading>> readings;
    for (std::size_t index = 0; index < 300; ++index) {
      readings.push_back(std::make_unique<Reading>(pump, file, index * 200, 200));
      readings.back()->submit();
      if (index % 50 == 0) pump.turns(1);
      if (index % 2 == 0) readings.back()->cancel();
    }
    CHECK(pump.until([&] { return loop.armed() == 0; }));
    for (std::size_t index = 0; index < readings.size(); ++index) {
      const Reading& reading = *readings[index];
      CHECK(reading.count() == 1);
      if (reading.result() == -ECANCELED) {
        CHECK(index % 2 == 0);
        continue;
      }
      CHECK(reading.result() > 0);
      CHECK((reading.got() == text.substr(index * 200, reading.got().size())));
    }
  });
}

TEST_CASE("an operation on a file is armed anew in its last call", "[loop][file]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    Open file{loop, open(pump, files.put("data", "0123456789"))};
    Reading reading{pump, file, 0, 1};
    std::string got;
    reading.on = [&](const gyre::Completion& completion) {
      if (completion.result != 1) return;
      got += reading.got();
      ++reading.offset;
      reading.submit();
    };
    reading.submit();
    CHECK(pump.until([&] { return !reading.armed(); }));
    CHECK(got == "0123456789");
    CHECK(reading.result() == 0);
  });
}

TEST_CASE("an open without a descriptor left fails and creates nothing", "[loop][file]") {
  for_each_real_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    (void)open(pump, files.path("missing"));  // the pool's thread needs to be there
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit none = before;
    none.rlim_cur = 3;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const int result = open(pump, files.path("new"), for_writing);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(result == -EMFILE);
    CHECK(files.text("new") == "(no such file)");
  });
  gyre::SimOptions options;
  options.descriptors_max = 0;
  gyre::SimLoop loop{options};
  Pump pump{loop};
  CHECK(open(pump, "/new", for_writing) == -EMFILE);
  CHECK_FALSE(loop.file_text("/new").has_value());
}

TEST_CASE("a full disk is heard of", "[loop][file]") {
  for_each_real_loop([](Loop& loop) {
    Pump pump{loop};
    Open full{loop, open(pump, "/dev/full", OpenOperation::write)};
    REQUIRE(full >= 0);
    Writing writing{pump, full, 0, "x"};
    CHECK(result_of(writing) == -ENOSPC);
  });
}

TEST_CASE("a FIFO opens without its other end", "[loop][file]") {
  for_each_real_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const std::string path = files.path("fifo");
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    Open fifo{loop, open(pump, path)};
    CHECK(fifo >= 0);
    Stating stating{pump, fifo};
    CHECK(result_of(stating) == 0);
    CHECK(stating.info.kind == gyre::FileKind::other);
  });
}

TEST_CASE("what waits for a thread is cancelled without one, and what runs is waited for", "[loop][file][cancel]") {
  gyre::LoopOptions loop_options;
  loop_options.backend = gyre::Backend::epoll;
  loop_options.offload_pool =
      gyre::Shared<gyre::OffloadPool>::make(gyre::OffloadOptions{.threads_max = 1, .queue_max = 1});
  auto loop = make_or_warn(loop_options);
  REQUIRE(loop);
  Pump pump{*loop};
  Files files{*loop};
  const std::string path = files.put("data", "12345");
  std::latch release{1};
  auto blocking = [](std::latch& until, bool& began) -> gyre::Task<> {
    began = true;
    co_await gyre::offload([&until] { until.wait(); });
  };
  auto test = [&](bool& began) -> gyre::Task<> {
    gyre::Context& context = co_await gyre::this_context();
    gyre::Scope scope{context};
    scope.spawn(blocking(release, began));
    Opening opening{pump, path};
    Opening second{pump, path};
    opening.submit();
    second.submit();  // more than may wait by `offload`
    co_await gyre::sleep_for(5ms);
    CHECK(opening.armed());
    opening.cancel();
    co_await gyre::sleep_for(5ms);
    CHECK(opening.result() == -ECANCELED);
    CHECK(second.armed());
    release.count_down();
    co_await scope.join();
    while (second.armed()) co_await gyre::sleep_for(1ms);
    CHECK(second.result() >= 0);
    loop->close(second.result());
  };
  bool began = false;
  loop->run(test(began));
  CHECK(began);
}

TEST_CASE("a pool without threads works on the loop", "[loop][file]") {
  gyre::LoopOptions loop_options;
  loop_options.backend = gyre::Backend::epoll;
  loop_options.offload_pool = gyre::Shared<gyre::OffloadPool>::make(gyre::OffloadOptions{.threads_max = 0});
  auto loop = make_or_warn(loop_options);
  REQUIRE(loop);
  Pump pump{*loop};
  Files files{*loop};
  const std::string path = files.put("data", "12345");
  Open file{*loop, open(pump, path)};
  CHECK(file >= 0);
  CHECK(read_at(pump, file, 1, 3) == 3);
  Reading cancelled{pump, file, 0, 5};
  cancelled.submit();
  cancelled.cancel();
  CHECK(cancelled.finish());
  CHECK((cancelled.result() == 5 || cancelled.result() == -ECANCELED));  // perhaps it was in the cache
}

TEST_CASE("simulated paths are names of one tree", "[loop][file][sim]") {
  gyre::SimLoop loop;
  loop.put_file("/a/b/c", "deep");
  CHECK(loop.file_text("a//b/./x/../c") == "deep");
  CHECK(loop.file_text("/../a/b/c/") == "deep");
  CHECK_FALSE(loop.file_text("/a/b").has_value());
  Pump pump{loop};
  Open file{loop, open(pump, "/a/b/c")};
  CHECK(loop.remove_file("/a/b/c"));
  CHECK_FALSE(loop.remove_file("/a/b/c"));
  CHECK(open(pump, "/a") == -ENOENT);
  CHECK(read_at(pump, file, 0, 10) == 4);
}
