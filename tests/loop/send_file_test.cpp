#include "each_loop.hpp"
#include "file_fixture.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <cerrno>
#include <csignal>
#include <memory>
#include <span>

using namespace loop_test;
using gyre::Loop;

namespace {

int open_file(Pump& pump, const std::string& path, std::uint32_t how = gyre::OpenOperation::read) {
  Noted<gyre::OpenOperation> opening{pump};
  opening.path = path.c_str();
  opening.how = how;
  opening.submit();
  CHECK(opening.finish());
  return opening.result();
}

struct SendFile : Noted<gyre::SendFileOperation> {
  SendFile(Pump& pump, int to, int from, std::uint64_t at, std::size_t bytes) : Noted(pump, to) {
    file = from;
    offset = at;
    size = bytes;
  }
};

/// Takes a little at a time.
struct SlowReader : ReceiveInto {
  SlowReader(Pump& pump, int from) : ReceiveInto(pump, from), room(7'000, '\0') {
    buffer = std::as_writable_bytes(std::span{room});
    on = [this](const gyre::Completion& completion) {
      if (completion.result <= 0) return;
      got.append(room, 0, static_cast<std::size_t>(completion.result));
      submit();
    };
  }
  std::string room;
  std::string got;
};

const std::string& content() {
  static const std::string text = pattern(3 * 1024 * 1024 + 12'345);
  return text;
}

/// More than a connection holds.
const std::string& large_content() { return too_much(); }

}  // namespace

TEST_CASE("a file of some megabytes goes to a slow reader", "[loop][send_file]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const std::string& text = content();
    const Open file{loop, open_file(pump, files.put("data", text))};
    for (int round = 0; round < 2; ++round) {
      Connection both{pump};
      SlowReader reader{pump, both.client};
      reader.submit();
      SendFile send{pump, both.server, file, 0, text.size()};
      send.submit();
      CHECK(send.count() == 0);
      CHECK(send.finish());
      CHECK(send.result() == static_cast<int>(text.size()));
      loop.shutdown(both.server, gyre::ShutdownSide::send);
      CHECK(reader.finish());
      CHECK((reader.got == text));
    }
  });
}

TEST_CASE("a part of a file is sent, between other sends", "[loop][send_file]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const Open file{loop, open_file(pump, files.put("data", content()))};
    Connection both{pump};
    Receive receive{pump, both.client};
    receive.submit();
    Send head{pump, both.server, "head "};
    head.submit();
    CHECK(head.finish());
    SendFile part{pump, both.server, file, 100'001, 300'000};
    part.submit();
    CHECK(part.finish());
    CHECK(part.result() == 300'000);
    Send tail{pump, both.server, " tail"};
    tail.submit();
    CHECK(tail.finish());
    loop.shutdown(both.server, gyre::ShutdownSide::send);
    CHECK(receive.finish());
    CHECK((receive.data() == "head " + content().substr(100'001, 300'000) + " tail"));
  });
}

TEST_CASE("a file that is shorter than asked for ends the sending", "[loop][send_file]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const std::string text = pattern(100'000);
    const Open file{loop, open_file(pump, files.put("data", text))};
    Connection both{pump};
    Receive receive{pump, both.client};
    receive.submit();
    const auto send = [&](std::uint64_t offset, std::size_t size) {
      SendFile sending{pump, both.server, file, offset, size};
      sending.submit();
      CHECK(sending.finish());
      return sending.result();
    };
    CHECK(send(40'000, 1'000'000) == 60'000);
    CHECK(send(100'000, 10) == 0);
    CHECK(send(200'000, 10) == 0);
    CHECK(send(0, 0) == 0);
    CHECK(send(0, 10) == 10);
    loop.shutdown(both.server, gyre::ShutdownSide::send);
    CHECK(receive.finish());
    CHECK((receive.data() == text.substr(40'000) + text.substr(0, 10)));
  });
}

TEST_CASE("sending a file is cancelled: what was sent is told, and the next file is clean",
          "[loop][send_file][cancel]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const std::string& text = large_content();
    const Open file{loop, open_file(pump, files.put("data", text))};
    for (int turns = 0; turns < 6; ++turns) {
      Connection both{pump};
      SendFile send{pump, both.server, file, 0, text.size()};
      Receive rest{pump, both.client};
      send.submit();
      if (turns == 5) {
        rest.submit();
        CHECK(pump.until([&] { return !rest.data().empty(); }));
      } else {
        pump.turns(turns);
      }
      CHECK(send.armed());
      send.cancel();
      CHECK(send.count() == 0);
      CHECK(send.finish());
      CHECK(send.count() == 1);
      CHECK((send.result() == -ECANCELED || (send.result() > 0 && send.result() < static_cast<int>(text.size()))));
      if (turns == 5) CHECK(send.result() > 0);
      both.server.close();
      if (turns != 5) rest.submit();
      CHECK(rest.finish());
      CHECK(rest.result() == 0);
      CHECK((rest.data() == text.substr(0, static_cast<std::size_t>(std::max(0, send.result())))));
    }
    Connection both{pump};
    Receive receive{pump, both.client};
    receive.submit();
    SendFile whole{pump, both.server, file, 0, 1'000'000};
    whole.submit();
    CHECK(whole.finish());
    loop.shutdown(both.server, gyre::ShutdownSide::send);
    CHECK(receive.finish());
    CHECK((receive.data() == text.substr(0, 1'000'000)));
  });
}

TEST_CASE("many files to stalled readers at once do not stop other work on files", "[loop][send_file]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const std::string& text = large_content();
    const std::string path = files.put("data", text);
    const Open file{loop, open_file(pump, path)};
    struct Transfer {
      Transfer(Pump& pump, int file, std::size_t size)
          : both(pump), reader(pump, both.client), send(pump, both.server, file, 0, size) {}
      Connection both;
      SlowReader reader;
      SendFile send;
    };
    std::vector<std::unique_ptr<Transfer>> transfers;
    for (int count = 0; count < 12; ++count) {
      transfers.push_back(std::make_unique<Transfer>(pump, file, text.size()));
      transfers.back()->send.submit();
    }
    pump.settle();
    const Open second{loop, open_file(pump, path)};
    CHECK(second >= 0);
    // One of them gets its reader, the others are cancelled.
    Transfer& lucky = *transfers[7];
    lucky.reader.submit();
    CHECK(lucky.send.finish());
    CHECK(lucky.send.result() == static_cast<int>(text.size()));
    loop.shutdown(lucky.both.server, gyre::ShutdownSide::send);
    CHECK(lucky.reader.finish());
    CHECK((lucky.reader.got == text));
    for (auto& transfer : transfers) transfer->send.cancel();
    CHECK(pump.until([&] { return loop.armed() == 0; }));
  });
}

TEST_CASE("a peer that goes while a file is sent is an error, and no signal", "[loop][send_file]") {
  REQUIRE(::signal(SIGPIPE, SIG_DFL) != SIG_ERR);
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const std::string& text = large_content();
    const Open file{loop, open_file(pump, files.put("data", text))};
    Connection both{pump};
    SendFile send{pump, both.server, file, 0, text.size()};
    send.submit();
    pump.settle();
    CHECK(send.armed());
    both.client.close();
    CHECK(send.finish());
    CHECK((send.result() == -EPIPE || send.result() == -ECONNRESET));
    SendFile again{pump, both.server, file, 0, text.size()};
    again.submit();
    CHECK(again.finish());
    CHECK(again.result() == -EPIPE);
  });
  sigset_t pending;
  REQUIRE(::sigpending(&pending) == 0);
  CHECK(::sigismember(&pending, SIGPIPE) == 0);
}

TEST_CASE("what is no file, or no stream, is refused", "[loop][send_file]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const std::string path = files.put("data", "12345");
    const Open file{loop, open_file(pump, path)};
    const Open writer{loop, open_file(pump, path, gyre::OpenOperation::write)};
    const Open directory{loop, open_file(pump, files.directory())};
    Connection both{pump};
    const auto send = [&](int to, int from) {
      SendFile sending{pump, to, from, 0, 5};
      sending.submit();
      CHECK(sending.finish());
      return sending.result();
    };
    CHECK(send(both.server, -1) == -EBADF);
    CHECK(send(both.server, writer) == -EBADF);
    CHECK(send(both.server, directory) < 0);
    CHECK(send(-1, file) == -EBADF);
    CHECK(send(both.server, file) == 5);
  });
}

TEST_CASE("without a descriptor for a pipe a file is not sent on io_uring", "[loop][send_file]") {
  for_each_real_loop([](Loop& loop) {
    Pump pump{loop};
    Files files{loop};
    const Open file{loop, open_file(pump, files.put("data", "12345"))};
    Connection both{pump};
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit none = before;
    none.rlim_cur = 3;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    SendFile send{pump, both.server, file, 0, 5};
    send.submit();
    CHECK(send.count() == 0);
    CHECK(send.finish());
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(send.result() == (loop.backend() == gyre::Backend::epoll ? 5 : -EMFILE));
    send.submit();
    CHECK(send.finish());
    CHECK(send.result() == 5);
  });
}
