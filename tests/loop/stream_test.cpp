#include "each_loop.hpp"
#include "loop_fixture.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <memory>

using namespace loop_test;
using gyre::Loop;
using gyre::ShutdownSide;

TEST_CASE("a connection is made, and both ends know the addresses", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Listening listening{pump};
    CHECK(port_of(listening.address) != 0);
    Connection both{pump, listening};
    CHECK(loop.local_address(both.server).value() == loop.peer_address(both.client).value());
    CHECK(loop.peer_address(both.server).value() == loop.local_address(both.client).value());
    CHECK(loop.peer_address(both.client).value() == listening.address);
  });
}

TEST_CASE("bytes arrive in order in both directions", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Receive at_server{pump, both.server};
    Receive at_client{pump, both.client};
    at_server.submit();
    at_client.submit();
    Send request{pump, both.client, "GET / HTTP/1.1\r\n", "\r\n"};
    Send response{pump, both.server, "HTTP/1.1 200 OK\r\n\r\n"};
    request.submit();
    response.submit();
    CHECK(request.count() == 0);  // never inside submit
    CHECK(pump.until([&] { return at_server.data().size() == 18 && at_client.data().size() == 19; }));
    CHECK(at_server.data() == "GET / HTTP/1.1\r\n\r\n");
    CHECK(at_client.data() == "HTTP/1.1 200 OK\r\n\r\n");
    CHECK(pump.until([&] { return request.ended() && response.ended(); }));
    CHECK(request.result() == 18);
    CHECK(response.result() == 19);
    at_server.cancel();
    at_client.cancel();
    CHECK(pump.until([&] { return at_server.ended() && at_client.ended(); }));
    CHECK(at_server.result() == -ECANCELED);
  });
}

TEST_CASE("an operation can be submitted again in its own handler", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    std::string got;
    std::byte buffer[4];
    ReceiveInto receive{pump, both.server};
    receive.buffer = buffer;
    receive.on = [&](const gyre::Completion& completion) {
      if (completion.result <= 0) return;
      got.append(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(completion.result));
      receive.submit();
    };
    receive.submit();
    const std::string text = pattern(1000);
    std::size_t sent = 0;
    Send send{pump, both.client, std::string_view{text}.substr(0, 100)};
    send.on = [&](const gyre::Completion&) {
      sent += 100;
      if (sent == text.size()) return loop.shutdown(both.client, ShutdownSide::send);
      send.set(std::string_view{text}.substr(sent, 100));
      send.submit();
    };
    send.submit();
    CHECK(pump.until([&] { return receive.ended(); }));
    CHECK(receive.result() == 0);
    CHECK(got == text);
  });
}

TEST_CASE("receive_into takes what is there and leaves the rest", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Send send{pump, both.client, "abcdef"};
    send.submit();
    CHECK(send.finish());
    std::string got;
    while (got.size() < 4) {
      std::byte buffer[4];
      ReceiveInto first{pump, both.server};
      first.buffer = gyre::MutableBytes{buffer, 4 - got.size()};
      first.submit();
      REQUIRE(first.finish());
      REQUIRE(first.result() > 0);
      got.append(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(first.result()));
    }
    CHECK(got == "abcd");
    Receive rest{pump, both.server};
    rest.submit();
    CHECK(pump.until([&] { return rest.data() == "ef"; }));
    rest.cancel();
    CHECK(rest.finish());
  });
}

TEST_CASE("one end of a connection closes its side, the other goes on", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Receive at_server{pump, both.server};
    Receive at_client{pump, both.client};
    at_server.submit();
    at_client.submit();
    Send last{pump, both.client, "last words"};
    last.submit();
    CHECK(last.finish());
    loop.shutdown(both.client, ShutdownSide::send);
    CHECK(at_server.finish());
    CHECK(at_server.data() == "last words");
    CHECK(at_server.result() == 0);
    CHECK(at_client.armed());
    Send answer{pump, both.server, "answer"};
    answer.submit();
    CHECK(pump.until([&] { return at_client.data() == "answer" && !answer.armed(); }));
    loop.shutdown(both.server, ShutdownSide::send);
    CHECK(at_client.finish());
    CHECK(at_client.result() == 0);
    Send too_late{pump, both.client, "more"};
    too_late.submit();
    CHECK(too_late.finish());
    CHECK(too_late.result() == -EPIPE);
  });
}

TEST_CASE("bytes and the end that were there before the receive are told", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Send send{pump, both.client, "early"};
    send.submit();
    CHECK(send.finish());
    both.client.close();
    pump.settle();
    Receive receive{pump, both.server};
    receive.submit();
    CHECK(receive.finish());
    CHECK(receive.data() == "early");
    CHECK(receive.result() == 0);
  });
}

TEST_CASE("an end that comes between two receives is not lost", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Receive receive{pump, both.server};
    receive.submit();
    Send send{pump, both.client, "x"};
    send.submit();
    CHECK(pump.until([&] { return receive.count() == 1 && !send.armed(); }));
    receive.cancel();
    CHECK(receive.finish());
    both.client.close();
    pump.settle();
    receive.submit();
    CHECK(receive.finish());
    CHECK(receive.result() == 0);
  });
}

TEST_CASE("a peer that closes with unread bytes resets the connection", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Receive receive{pump, both.server};
    receive.submit();
    Send send{pump, both.server, "never read"};
    send.submit();
    CHECK(send.finish());
    pump.settle();
    both.client.close();
    CHECK(receive.finish());
    CHECK(receive.result() == -ECONNRESET);
    Send after{pump, both.server, "to nobody"};
    after.submit();
    CHECK(after.finish());
    CHECK(after.result() == -EPIPE);
  });
}

TEST_CASE("a reset that came before the operation is told to it", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Send send{pump, both.server, "never read"};
    send.submit();
    CHECK(send.finish());
    pump.settle();
    both.client.close();
    pump.settle();
    Receive receive{pump, both.server};
    receive.submit();
    CHECK(receive.finish());
    CHECK(receive.result() == -ECONNRESET);
  });
}

TEST_CASE("sending to a peer that is gone fails, at the latest the second time", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    both.client.close();
    pump.settle();
    Send first{pump, both.server, "one"};
    first.submit();
    CHECK(first.finish());
    CHECK((first.result() == 3 || first.result() == -EPIPE || first.result() == -ECONNRESET));
    pump.settle();
    Send second{pump, both.server, "two"};
    second.submit();
    CHECK(second.finish());
    CHECK((second.result() == -EPIPE || second.result() == -ECONNRESET));
  });
}

TEST_CASE("a send that waits for room ends when the peer goes", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    const std::string& block = too_much();
    Send send{pump, both.client, block};
    send.submit();
    pump.settle();
    CHECK(send.armed());
    both.server.close();
    CHECK(send.finish());
    CHECK((send.result() == -ECONNRESET || send.result() == -EPIPE));
  });
}

TEST_CASE("20 MB go through a slow reader and arrive as they were", "[loop][stream]") {
  const std::size_t size = 20'000'000;
  const std::string text = pattern(size);
  const auto body = [&](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Send send{pump, both.client, std::string_view{text}.substr(0, size / 3), std::string_view{text}.substr(size / 3)};
    send.on = [&](const gyre::Completion&) { loop.shutdown(both.client, ShutdownSide::send); };
    send.submit();
    // Stops and goes on again: a chunk or two at a time, sometimes into a small buffer.
    std::string got;
    got.reserve(size);
    std::vector<std::byte> buffer(30'000);
    bool ended = false;
    unsigned chunks = 0;
    ReceiveInto into{pump, both.server};
    Receive receive{pump, both.server};
    into.buffer = buffer;
    receive.on = [&](const gyre::Completion& completion) {
      got += gyre::as_text(completion.data);
      receive.seen.clear();
      if (!completion.more) {
        ended = completion.result == 0;
        if (completion.result == -ECANCELED) into.submit();
      } else if (++chunks % 7 == 0) {
        receive.cancel();
      }
    };
    into.on = [&](const gyre::Completion& completion) {
      got.append(reinterpret_cast<const char*>(buffer.data()),
                 static_cast<std::size_t>(std::max(completion.result, 0)));
      into.seen.clear();
      ended = completion.result == 0;
      if (!ended) receive.submit();
    };
    receive.submit();
    CHECK(pump.until([&] { return ended && !send.armed() && !receive.armed() && !into.armed(); }));
    CHECK(send.result() == static_cast<int>(size));
    CHECK(got.size() == size);
    CHECK((got == text));
  };
  for_each_real_loop(body);
  SECTION("sim") { run_and_check(std::make_unique<gyre::SimLoop>(), open_descriptors(), body); }
  SECTION("sim, split chunks") {
    gyre::SimOptions options;
    options.split_chunks = true;
    run_and_check(std::make_unique<gyre::SimLoop>(options), open_descriptors(), body);
  }
}

TEST_CASE("200 connections at once", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    constexpr std::size_t count = 200;
    Pump pump{loop};
    Listening listening{pump};
    struct Server {
      Server(Pump& pump, int descriptor)
          : socket(pump.loop(), descriptor), receive(pump, socket), send(pump, socket, "") {}
      Open socket;
      Receive receive;
      Send send;
      std::string echo;
    };
    struct Client {
      Client(Pump& pump, int descriptor)
          : socket(pump.loop(), descriptor), connect(pump, socket), receive(pump, socket), send(pump, socket, "") {}
      Open socket;
      Connect connect;
      Receive receive;
      Send send;
      std::string text;
    };
    std::vector<std::unique_ptr<Server>> servers;
    std::vector<std::unique_ptr<Client>> clients;
    std::size_t done = 0;
    Accept accept{pump, listening.socket};
    accept.on = [&](const gyre::Completion& completion) {
      if (completion.result < 0) return;
      servers.push_back(std::make_unique<Server>(pump, completion.result));
      Server& server = *servers.back();
      server.receive.on = [&](const gyre::Completion& chunk) {
        server.echo += gyre::as_text(chunk.data);
        if (chunk.more) return;
        server.send.set(server.echo);
        server.send.submit();
      };
      server.send.on = [&](const gyre::Completion&) { loop.shutdown(server.socket, ShutdownSide::send); };
      server.receive.submit();
    };
    accept.submit();
    for (std::size_t index = 0; index < count; ++index) {
      clients.push_back(std::make_unique<Client>(pump, loop.open_socket(listening.address).value()));
      Client& client = *clients.back();
      client.text = pattern(1 + index * 37, static_cast<std::uint32_t>(index));
      client.connect.address = listening.address;
      client.connect.on = [&](const gyre::Completion&) {
        client.send.set(client.text);
        client.send.submit();
        client.receive.submit();
      };
      client.send.on = [&](const gyre::Completion&) { loop.shutdown(client.socket, ShutdownSide::send); };
      client.receive.on = [&](const gyre::Completion& chunk) { done += chunk.more ? 0 : 1; };
      client.connect.submit();
    }
    CHECK(pump.until([&] { return done == count; }));
    accept.cancel();
    CHECK(accept.finish());
    std::size_t right = 0;
    for (const auto& client : clients) right += client->receive.data() == client->text ? 1 : 0;
    CHECK(right == count);
  });
}

TEST_CASE("shutting down the receiving side ends a receive", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Receive receive{pump, both.server};
    receive.submit();
    pump.settle();
    loop.shutdown(both.server, ShutdownSide::receive);
    CHECK(receive.finish());
    CHECK(receive.result() == 0);
  });
}

TEST_CASE("an empty send succeeds", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Connection both{pump};
    Send send{pump, both.client, ""};
    send.submit();
    CHECK(send.finish());
    CHECK(send.result() == 0);
    Send parts{pump, both.client, "", "x"};
    parts.submit();
    CHECK(parts.finish());
    CHECK(parts.result() == 1);
  });
}

TEST_CASE("operations on what is no descriptor fail with EBADF", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    for (const int descriptor : {-1, 1'000'000}) {
      std::byte buffer[8];
      Accept accept{pump, descriptor};
      Receive receive{pump, descriptor};
      ReceiveInto into{pump, descriptor};
      into.buffer = buffer;
      Send send{pump, descriptor, "x"};
      Connect connect{pump, descriptor};
      connect.address = ipv4(1);
      Poll poll{pump, descriptor};
      poll.events = gyre::PollOperation::readable;
      accept.submit();
      receive.submit();
      into.submit();
      send.submit();
      connect.submit();
      poll.submit();
      CHECK(pump.until([&] { return loop.armed() == 0; }));
      for (const int result :
           {accept.result(), receive.result(), into.result(), send.result(), connect.result(), poll.result()}) {
        CHECK(result == -EBADF);
      }
    }
  });
}

TEST_CASE("a socket that is not connected", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Open socket{loop, loop.open_socket(ipv4(1)).value()};
    Receive receive{pump, socket};
    receive.submit();
    CHECK(receive.finish());
    CHECK(receive.result() == -ENOTCONN);
    Send send{pump, socket, "x"};
    send.submit();
    CHECK(send.finish());
    CHECK(send.result() == -EPIPE);
    CHECK_FALSE(loop.peer_address(socket).has_value());
    loop.shutdown(socket, ShutdownSide::both);
  });
}

TEST_CASE("a descriptor's number is used again at once, by another connection", "[loop][stream]") {
  for_each_loop([](Loop& loop) {
    Pump pump{loop};
    Listening listening{pump};
    for (int round = 0; round < 50; ++round) {
      Connection both{pump, listening};
      Receive receive{pump, both.server};
      receive.submit();
      const std::string text = "round " + std::to_string(round);
      Send send{pump, both.client, text};
      send.submit();
      CHECK(send.finish());
      if (round % 3 == 0) {
        CHECK(pump.until([&] { return receive.data() == text; }));
      }
      if (round % 2 == 0) {
        receive.cancel();
      } else {
        loop.shutdown(both.client, ShutdownSide::send);
      }
      CHECK(receive.finish());
    }
  });
}
