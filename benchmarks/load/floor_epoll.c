/* The least that an HTTP/1.1 server on epoll can do on this kernel: floor_epoll PORT
 *
 * The twin of floor.c, which says what it is good for: one level-triggered epoll, and one receive and one send for all
 * requests that have arrived. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "floor.h"

enum { buffer_size = 4096, connections_max = 20000, events_max = 512 };

static unsigned char progress[connections_max]; /* of each connection, by descriptor: see count_requests */
static volatile sig_atomic_t stopped;

static void on_signal(int number) {
  (void)number;
  stopped = 1;
}

static void accept_all(int poller, int listener) {
  int connection;
  while ((connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = connection};
    if (connection >= connections_max || epoll_ctl(poller, EPOLL_CTL_ADD, connection, &event) != 0) {
      close(connection);
    } else {
      progress[connection] = 0;
    }
  }
}

static void serve(int connection) {
  static char buffer[buffer_size];
  const ssize_t received = recv(connection, buffer, sizeof buffer, 0);
  if (received < 0 && errno == EAGAIN) return;
  unsigned count = received > 0 ? count_requests(&progress[connection], buffer, (size_t)received) : 0;
  int broken = received <= 0;
  while (count > 0 && !broken) {
    const unsigned part = count > answers_max ? answers_max : count;
    broken = send(connection, answers, part * answer_size, MSG_NOSIGNAL) != (ssize_t)(part * answer_size);
    count -= part;
  }
  if (broken) close(connection); /* also a client that does not read: there is nothing to keep its answers in */
}

int main(int argc, char **argv) {
  fill_answers();
  const struct sigaction stop = {.sa_handler = on_signal};
  sigaction(SIGTERM, &stop, NULL);
  sigaction(SIGINT, &stop, NULL);
  const int listener = listen_on(argc > 1 ? argv[1] : "0", SOCK_NONBLOCK);
  const int poller = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event) != 0) fail("epoll", errno);
  announce(listener, "epoll");
  while (!stopped) {
    struct epoll_event events[events_max];
    const int count = epoll_wait(poller, events, events_max, -1);
    for (int index = 0; index < count; ++index) {
      const int ready = events[index].data.fd;
      if (ready == listener) {
        accept_all(poller, listener);
      } else {
        serve(ready);
      }
    }
  }
  return 0;
}
