/* Connections that each send one byte a second: slow_clients PORT CONNECTIONS head|body
 *
 * The byte belongs to a head or to a body that never ends. Each connection has its turn once a second, in order, so that
 * the bytes are spread over it; a connection that was cut is opened again in its next turn. Prints "ready" when every
 * one has begun its request, and on SIGTERM one line "figures: name=value ..." of what happened since then. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ports_per_address = 5000, turn_nanoseconds = 1000000 };

static const char head_opening[] = "GET /plaintext HTTP/1.1\r\nHost: slow\r\nX-Slow: ";
static const char body_opening[] = "POST /upload HTTP/1.1\r\nHost: slow\r\nContent-Length: 1000000\r\n\r\n";

struct client {
  int socket; /* -1: closed */
  int begun;  /* the opening is sent */
  double since;
};

static struct {
  unsigned long bytes, answered_408, answered_else, cut_silently, failed;
  double age_min, age_max; /* of those with 408, in seconds since the opening */
  double late_max;         /* how far this program was behind its own plan */
} figures;

static volatile sig_atomic_t stopped;

static void stop(int number) {
  (void)number;
  stopped = 1;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void leave(struct client *client) {
  close(client->socket);
  client->socket = -1;
}

/* From one of many source addresses: one has too few ports. */
static void open_one(struct client *client, size_t number, unsigned short port) {
  const int one = 1;
  const struct sockaddr_in from = {.sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(0x7f000002u + (unsigned)number / ports_per_address)};
  const struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  client->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  client->begun = 0;
  if (client->socket == -1) {
    ++figures.failed;
    return;
  }
  setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(client->socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(client->socket, (const struct sockaddr *)&from, sizeof from) != 0 ||
      (connect(client->socket, (const struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS)) {
    ++figures.failed;
    leave(client);
  }
}

static void begin(struct client *client, const char *opening) {
  if (send(client->socket, opening, strlen(opening), MSG_NOSIGNAL) > 0) {
    client->begun = 1;
    client->since = now();
  } else if (errno != EAGAIN) {
    ++figures.failed;
    leave(client);
  }
}

static void count_408(double age) {
  if (figures.answered_408++ == 0 || age < figures.age_min) figures.age_min = age;
  if (age > figures.age_max) figures.age_max = age;
}

static void go_on(struct client *client) {
  static const char refusal[] = "HTTP/1.1 408 ";
  char answer[1024];
  const ssize_t size = recv(client->socket, answer, sizeof answer, 0);
  if (size < 0 && errno == EAGAIN && send(client->socket, "a", 1, MSG_NOSIGNAL) == 1) {
    ++figures.bytes;
    return;
  }
  if (size <= 0) {
    ++figures.cut_silently;
  } else if (memcmp(answer, refusal, sizeof refusal - 1) == 0) {
    count_408(now() - client->since);
  } else {
    ++figures.answered_else;
  }
  leave(client);
}

static void take_turn(struct client *client, size_t number, unsigned short port, const char *opening) {
  if (client->socket == -1) {
    open_one(client, number, port);
  } else if (!client->begun) {
    begin(client, opening);
  } else {
    go_on(client);
  }
}

static void print_figures(const struct client *clients, size_t count) {
  size_t held = 0;
  for (size_t index = 0; index < count; ++index) held += clients[index].socket != -1 && clients[index].begun;
  printf(
      "figures: held=%zu bytes=%lu answered_408=%lu answered_else=%lu cut_silently=%lu failed=%lu "
      "age_min_ms=%.0f age_max_ms=%.0f late_max_ms=%.0f\n",
      held, figures.bytes, figures.answered_408, figures.answered_else, figures.cut_silently, figures.failed,
      figures.age_min * 1e3, figures.age_max * 1e3, figures.late_max * 1e3);
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: slow_clients PORT CONNECTIONS head|body\n");
    return 2;
  }
  const unsigned short port = (unsigned short)atoi(argv[1]);
  const size_t count = (size_t)atol(argv[2]);
  const char *const opening = strcmp(argv[3], "body") == 0 ? body_opening : head_opening;
  const struct timespec pause = {.tv_nsec = turn_nanoseconds};
  struct client *const clients = malloc(count * sizeof *clients);
  for (size_t index = 0; index < count; ++index) clients[index] = (struct client){.socket = -1};
  signal(SIGTERM, stop);

  const double start = now();
  int ready = 0;
  for (size_t turn = 0; !stopped; nanosleep(&pause, NULL)) {
    const double late = now() - start - (double)turn / (double)count;
    if (ready && late > figures.late_max) figures.late_max = late;
    for (const size_t due = (size_t)((now() - start) * (double)count); turn < due; ++turn) {
      take_turn(&clients[turn % count], turn % count, port, opening);
    }
    if (!ready && turn >= 2 * count) {
      ready = 1;
      memset(&figures, 0, sizeof figures);
      printf("ready\n");
      fflush(stdout);
    }
  }
  print_figures(clients, count);
  return 0;
}
