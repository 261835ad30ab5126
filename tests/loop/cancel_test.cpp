#include "each_loop.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <span>

using namespace loop_test;
using gyre::Loop;

TEST_CASE("what waits for nothing yet is cancelled, and never inside cancel", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    for (const bool at_once : {true, false}) {
      Pump pump{loop};
      Listening listening{pump};
      Connection both{pump};
      std::byte buffer[8];
      Accept accept{pump, listening.socket};
      Receive receive{pump, both.server};
      ReceiveInto into{pump, both.client};
      into.buffer = buffer;
      Poll poll{pump, both.client};
      poll.events = gyre::PollOperation::hang_up;
      accept.submit();
      receive.submit();
      into.submit();
      poll.submit();
      if (!at_once) pump.settle();
      accept.cancel();
      receive.cancel();
      receive.cancel();
      into.cancel();
      poll.cancel();
      CHECK(accept.count() + receive.count() + into.count() + poll.count() == 0);
      CHECK(loop.armed() == 4);
      CHECK(pump.until([&] { return loop.armed() == 0; }));
      CHECK(accept.result() == -ECANCELED);
      CHECK(receive.result() == -ECANCELED);
      CHECK(into.result() == -ECANCELED);
      CHECK(poll.result() == -ECANCELED);
      CHECK(accept.count() + receive.count() + into.count() + poll.count() == 4);
    }
  });
}

TEST_CASE("cancelling what is not armed does nothing", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Receive receive{pump, both.server};
    receive.cancel();
    pump.settle();
    CHECK(receive.count() == 0);
    receive.submit();
    Send send{pump, both.client, "x"};
    send.submit();
    CHECK(pump.until([&] { return receive.count() == 1 && !send.armed(); }));
    send.cancel();
    pump.settle();
    CHECK(send.count() == 1);
    receive.cancel();
    CHECK(receive.finish());
  });
}

TEST_CASE("bytes that meet a cancellation are delivered or stay in the socket, never lost", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    // The states in which a cancellation can find a receive: 0 just submitted with the bytes there already, 1 waiting
    // with the bytes there but not delivered, 2 in the same turn as the send.
    for (int state = 0; state < 3; ++state) {
      Pump pump{loop};
      Connection both{pump};
      Send send{pump, both.client, "precious"};
      Receive receive{pump, both.server};
      if (state == 0) {
        send.submit();
        CHECK(send.finish());
        pump.settle();
        receive.submit();
      } else {
        receive.submit();
        pump.turns(state == 1 ? 3 : 1);
        send.submit();
        if (state == 1) pump.turns(1);
      }
      receive.cancel();
      CHECK(receive.finish());
      CHECK(receive.result() == -ECANCELED);
      CHECK(pump.until([&] { return !send.armed(); }));
      std::string got = receive.data();
      // Armed anew, it goes on where the first one was.
      Receive again{pump, both.server};
      again.submit();
      CHECK(pump.until([&] { return got + again.data() == "precious"; }));
      again.cancel();
      CHECK(again.finish());
    }
  });
}

TEST_CASE("a one-shot receive that meets a cancellation has its bytes or leaves them", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    for (int turns = 0; turns < 4; ++turns) {
      Pump pump{loop};
      Connection both{pump};
      char buffer[16];
      ReceiveInto into{pump, both.server};
      into.buffer = std::as_writable_bytes(std::span{buffer});
      into.submit();
      Send send{pump, both.client, "abc"};
      send.submit();
      pump.turns(turns);
      into.cancel();
      CHECK(into.finish());
      CHECK(pump.until([&] { return !send.armed(); }));
      std::string got;
      if (into.result() > 0) got.assign(buffer, static_cast<std::size_t>(into.result()));
      if (into.result() <= 0) CHECK(into.result() == -ECANCELED);
      while (got.size() < 3) {
        into.submit();
        REQUIRE(into.finish());
        REQUIRE(into.result() > 0);
        got.append(buffer, static_cast<std::size_t>(into.result()));
      }
      CHECK(got == "abc");
    }
  });
}

TEST_CASE("a connection that meets a cancelled accept is delivered or stays in the backlog", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    for (int turns = 0; turns < 4; ++turns) {
      Pump pump{loop};
      Listening listening{pump};
      int accepted = 0;
      Accept accept{pump, listening.socket};
      accept.on = [&](const gyre::Completion& completion) {
        if (completion.result < 0) return;
        ++accepted;
        loop.close(completion.result);
      };
      accept.submit();
      Open client{loop, loop.open_socket(listening.address).value()};
      Connect connect{pump, client};
      connect.address = listening.address;
      connect.submit();
      pump.turns(turns);
      accept.cancel();
      CHECK(accept.finish());
      CHECK(accept.result() == -ECANCELED);
      CHECK(connect.finish());
      CHECK(connect.result() == 0);
      accept.submit();
      CHECK(pump.until([&] { return accepted == 1; }));
      accept.cancel();
      CHECK(accept.finish());
      CHECK(accepted == 1);
    }
  });
}

TEST_CASE("a cancelled send tells how much has left", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    const std::string& block = too_much();
    Send send{pump, both.client, block};
    send.submit();
    pump.settle();
    CHECK(send.armed());
    send.cancel();
    CHECK(send.finish());
    REQUIRE(send.result() > 0);
    CHECK(send.result() < static_cast<int>(block.size()));
    loop.shutdown(both.client, gyre::ShutdownSide::send);
    Receive receive{pump, both.server};
    receive.submit();
    CHECK(receive.finish());
    const std::string got = receive.data();
    CHECK(got.size() == static_cast<std::size_t>(send.result()));
    CHECK((got == block.substr(0, got.size())));
  });
}

TEST_CASE("a send without any room is cancelled with nothing sent", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    const std::string& block = too_much();
    Send filling{pump, both.client, block};
    filling.submit();
    pump.settle();
    filling.cancel();
    CHECK(filling.finish());
    Send send{pump, both.client, "no room"};
    send.submit();
    pump.settle();
    if (send.armed()) {
      send.cancel();
      CHECK(send.finish());
      CHECK(send.result() == -ECANCELED);
    }
  });
}

TEST_CASE("a send that meets a cancellation has sent what it says", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Send send{pump, both.client, "all of it"};
    send.submit();
    send.cancel();
    CHECK(send.finish());
    CHECK((send.result() > 0 || send.result() == -ECANCELED));
    loop.shutdown(both.client, gyre::ShutdownSide::send);
    Receive receive{pump, both.server};
    receive.submit();
    CHECK(receive.finish());
    CHECK(receive.data().size() == static_cast<std::size_t>(std::max(send.result(), 0)));
  });
}

TEST_CASE("a connect that is cancelled ends, connected or not", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    for (int turns = 0; turns < 3; ++turns) {
      Pump pump{loop};
      Listening listening{pump};
      Open client{loop, loop.open_socket(listening.address).value()};
      Connect connect{pump, client};
      connect.address = listening.address;
      connect.submit();
      pump.turns(turns);
      connect.cancel();
      CHECK(connect.finish());
      CHECK((connect.result() == 0 || connect.result() == -ECANCELED));
      CHECK(connect.count() == 1);
    }
  });
}

TEST_CASE("a connect that waits for the backlog can be cancelled", "[loop][cancel][sim]") {
  for_each_sim_loop([](Loop& loop) {
    Pump pump{loop};
    Listening listening{pump, {.backlog = 1}};
    Open first{loop, loop.open_socket(listening.address).value()};
    Open second{loop, loop.open_socket(listening.address).value()};
    Connect in_backlog{pump, first};
    Connect waiting{pump, second};
    in_backlog.address = waiting.address = listening.address;
    in_backlog.submit();
    CHECK(in_backlog.finish());
    waiting.submit();
    pump.settle();
    CHECK(waiting.armed());
    waiting.cancel();
    CHECK(waiting.finish());
    CHECK(waiting.result() == -ECANCELED);
  });
}

TEST_CASE("a handler cancels its own operation: nothing but the end follows", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    const std::string block = pattern(300'000);
    Send send{pump, both.client, block};
    Receive receive{pump, both.server};
    bool asked = false;
    std::string got;
    receive.on = [&](const gyre::Completion& completion) {
      got += gyre::as_text(completion.data);
      if (!asked) receive.cancel();
      asked = true;
    };
    receive.submit();
    send.submit();
    CHECK(pump.until([&] { return !receive.armed(); }));
    CHECK(receive.result() == -ECANCELED);
    // Armed again in turn after turn, each time cancelled in its first chunk: all bytes come, in order.
    while (got.size() < block.size()) {
      asked = false;
      receive.submit();
      if (!pump.until([&] { return !receive.armed(); })) break;
    }
    CHECK((got == block));
    CHECK(pump.until([&] { return !send.armed(); }));
  });
}

TEST_CASE("a handler cancels another operation whose result is in the same batch", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection one{pump};
    Connection two{pump};
    Receive first{pump, one.server};
    Receive second{pump, two.server};
    first.on = [&](const gyre::Completion&) { second.cancel(); };
    second.on = [&](const gyre::Completion&) { first.cancel(); };
    first.submit();
    second.submit();
    pump.settle();
    Send to_one{pump, one.client, "1"};
    Send to_two{pump, two.client, "2"};
    to_one.submit();
    to_two.submit();
    CHECK(pump.until([&] { return loop.armed() <= 1; }));
    first.cancel();
    second.cancel();
    CHECK(pump.until([&] { return loop.armed() == 0; }));
    CHECK(first.result() == -ECANCELED);
    CHECK(second.result() == -ECANCELED);
    CHECK(first.data().size() + second.data().size() >= 1);
  });
}

TEST_CASE("a cancelled operation is armed anew inside its last call", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Receive receive{pump, both.server};
    int ends = 0;
    receive.on = [&](const gyre::Completion& completion) {
      if (!completion.more && ++ends < 20) {
        receive.submit();
        if (ends % 2 == 0) receive.cancel();
      }
    };
    receive.submit();
    for (int round = 0; ends < 20 && round < 100; ++round) {
      receive.cancel();
      pump.turns(3);
    }
    CHECK(pump.until([&] { return ends == 20; }));
    CHECK(receive.count() == 20);
    Send send{pump, both.client, "still works"};
    receive.submit();
    send.submit();
    CHECK(pump.until([&] { return receive.data() == "still works" && !send.armed(); }));
    receive.cancel();
    CHECK(receive.finish());
  });
}

TEST_CASE("another operation takes over a descriptor before the cancelled one has ended", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Receive old{pump, both.server};
    old.submit();
    pump.settle();
    old.cancel();
    char buffer[16];
    ReceiveInto next{pump, both.server};
    next.buffer = std::as_writable_bytes(std::span{buffer});
    next.submit();
    CHECK(old.finish());
    CHECK(old.result() == -ECANCELED);
    Send send{pump, both.client, "for the next"};
    send.submit();
    CHECK(pump.until([&] { return !next.armed() && !send.armed(); }));
    CHECK(next.result() > 0);
    CHECK(old.count() == 1);
  });
}

TEST_CASE("a descriptor is closed in the last call of what was armed on it", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    for (int round = 0; round < 10; ++round) {
      Connection both{pump};
      Receive receive{pump, both.server};
      receive.on = [&](const gyre::Completion& completion) {
        if (!completion.more) both.server.close();
      };
      receive.submit();
      Receive peer{pump, both.client};
      peer.submit();
      pump.turns(round % 3);
      receive.cancel();
      CHECK(pump.until([&] { return !receive.armed() && !peer.armed(); }));
      CHECK(peer.result() == 0);
    }
  });
}

TEST_CASE("all at once: hundreds of operations cancelled in every state", "[loop][cancel]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Listening listening{pump};
    std::vector<std::unique_ptr<Connection>> connections;
    std::vector<std::unique_ptr<Receive>> receives;
    std::vector<std::unique_ptr<Send>> sends;
    for (int index = 0; index < 60; ++index) {
      connections.push_back(std::make_unique<Connection>(pump, listening));
      receives.push_back(std::make_unique<Receive>(pump, connections.back()->server));
      sends.push_back(std::make_unique<Send>(pump, connections.back()->client, "some bytes"));
    }
    for (std::size_t index = 0; index < receives.size(); ++index) {
      receives[index]->submit();
      if (index % 3 == 0) sends[index]->submit();
      if (index % 5 == 0) pump.turns(1);
      if (index % 2 == 0) receives[index]->cancel();
      if (index % 7 == 0) sends[index]->cancel();
    }
    for (auto& receive : receives) receive->cancel();
    CHECK(pump.until([&] { return loop.armed() == 0; }));
    for (std::size_t index = 0; index < receives.size(); ++index) {
      CHECK(receives[index]->result() == -ECANCELED);
      const std::string got = receives[index]->data();
      if (sends[index]->count() == 0) CHECK(got.empty());
      CHECK(std::string_view{"some bytes"}.starts_with(got));
    }
  });
}
