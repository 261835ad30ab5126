/* Clients on one thread: clients [tls:|h2:|h2-tls:]PORT CONNECTIONS DEPTH REQUESTS_PER_CONNECTION FILE...
 *
 * Each file has the bytes of one request; the connections take them in turn. Every connection sends DEPTH requests in
 * one write, waits for all answers, and sends again. After REQUESTS_PER_CONNECTION answers (0: never) it closes and
 * connects anew, from the next of many addresses of the loopback, so that ports do not run out. With "tls:" before the
 * port all of it is encrypted: tls.h. With "h2:" it is HTTP/2, on which DEPTH streams are open at any time: whenever
 * answers have come, as many requests follow in one write: h2.h.
 *
 * It connects, prints "ready", and then reads lines. A line with a number is a phase of so many seconds; when the last
 * answer of it has arrived, so that the server sleeps again, comes one line "figures: name=value ...". All connections
 * stay open between phases. Answers need a Content-Length. It ends at the end of its input. */
#define _GNU_SOURCE
#include "h2.h"
#include "tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum {
  head_max = 2048,
  read_size = 256 * 1024,
  events_max = 512,
  addresses = 200,
  files_max = 16,
  bucket_bits = 6, /* latencies are kept to 1/64 of their size */
  buckets = 32 << bucket_bits
};

static const uint64_t drain_limit = 5 * 1000 * 1000; /* microseconds for the last answers of a phase */

struct connection {
  int socket;
  SSL *tls;          /* NULL without */
  unsigned waiting;  /* answers that are still to come */
  unsigned answered; /* since it connected */
  unsigned turn;     /* which batch is next */
  int polls_output;
  const char *unsent;
  size_t unsent_size;
  uint64_t body_left; /* of the answer that arrives */
  uint64_t asked_at;
  unsigned head_used;
  char head[head_max]; /* the beginning of an answer whose end of head has not come yet */
  struct h2 h2;        /* HTTP/2 alone, with this: */
  char *out;
  uint64_t *asked_times; /* by the stream's turn */
};

struct batch {
  char *bytes;
  size_t size;
};

struct figures {
  uint64_t requests, bytes, connections, errors;
  unsigned histogram[buckets];
};

static struct batch batches[files_max];
static unsigned batch_count, depth, per_connection, connection_count, next_address;
static struct connection *connections;
static struct figures figures;
static unsigned outstanding; /* connections that wait for answers */
static int poller, stopping, encrypts, speaks_h2;
static struct h2_request h2_requests[files_max];
static uint64_t now_cached;
static unsigned short port;
static char buffer[read_size];

static void fail(const char *what) {
  fprintf(stderr, "clients: %s: %s\n", what, strerror(errno));
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static unsigned bucket_of(uint64_t value) {
  if (value < 1 << bucket_bits) return (unsigned)value;
  const unsigned shift = 63 - (unsigned)__builtin_clzll(value) - bucket_bits;
  const unsigned bucket = ((shift + 1) << bucket_bits) + (unsigned)((value >> shift) - (1 << bucket_bits));
  return bucket < buckets ? bucket : buckets - 1;
}

static uint64_t value_of(unsigned bucket) {
  if (bucket < 1 << bucket_bits) return bucket;
  const unsigned shift = (bucket >> bucket_bits) - 1;
  return ((uint64_t)(bucket & ((1 << bucket_bits) - 1)) + (1 << bucket_bits)) << shift;
}

static uint64_t quantile(double part) {
  uint64_t left = (uint64_t)((double)figures.requests * part);
  for (unsigned bucket = 0; bucket < buckets; ++bucket) {
    if (figures.histogram[bucket] > left) return value_of(bucket);
    left -= figures.histogram[bucket];
  }
  return 0;
}

static void poll_output(struct connection *connection, int wanted, int operation) {
  struct epoll_event event = {.events = EPOLLIN | (wanted ? EPOLLOUT : 0u), .data.ptr = connection};
  connection->polls_output = wanted;
  if (epoll_ctl(poller, operation, connection->socket, &event) != 0) fail("epoll_ctl");
}

static void open_connection(struct connection *connection) {
  const int one = 1;
  const int flags = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
  const struct sockaddr_in server = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const struct sockaddr_in source = {.sin_family = AF_INET,
                                     .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + next_address++ % addresses)};
  connection->socket = socket(AF_INET, flags, 0);
  if (connection->socket < 0) fail("socket");
  setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(connection->socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(connection->socket, (const struct sockaddr *)&source, sizeof source) != 0) fail("bind");
  if (connect(connection->socket, (const struct sockaddr *)&server, sizeof server) != 0 && errno != EINPROGRESS) {
    fail("connect");
  }
  connection->answered = 0;
  connection->head_used = 0;
  connection->body_left = 0;
  connection->unsent_size = 0;
  if (encrypts && (connection->tls = tls_open(connection->socket, speaks_h2)) == NULL) fail("tls");
  if (speaks_h2) {
    connection->unsent = connection->out;
    connection->unsent_size = h2_open(&connection->h2, connection->out);
  }
  poll_output(connection, 0, EPOLL_CTL_ADD);
  ++figures.connections;
}

static void close_connection(struct connection *connection) {
  if (connection->tls != NULL) tls_close(connection->tls);
  connection->tls = NULL;
  close(connection->socket);
}

static void send_rest(struct connection *connection) {
  while (connection->unsent_size > 0) {
    const ssize_t sent = connection->tls != NULL
                             ? tls_send(connection->tls, connection->unsent, connection->unsent_size)
                             : send(connection->socket, connection->unsent, connection->unsent_size, MSG_NOSIGNAL);
    if (sent < 0) break; /* full, still connecting, or broken, which the next read tells */
    connection->unsent += sent;
    connection->unsent_size -= (size_t)sent;
  }
  const int for_input = connection->tls != NULL && SSL_want_read(connection->tls); /* the handshake */
  const int wanted = connection->unsent_size > 0 && !for_input;
  if (wanted != connection->polls_output) poll_output(connection, wanted, EPOLL_CTL_MOD);
}

enum { streams_max = 1024 };

static uint64_t *asked_time(struct connection *connection, uint32_t stream) {
  return &connection->asked_times[stream / 2 % streams_max];
}

/* So many more requests, and what the server is owed, behind what is unsent. */
static void ask_h2(struct connection *connection, unsigned count) {
  if (connection->unsent_size > 0) memmove(connection->out, connection->unsent, connection->unsent_size);
  char *at = connection->out + connection->unsent_size;
  memcpy(at, connection->h2.owed, connection->h2.owed_size);
  at += connection->h2.owed_size;
  connection->h2.owed_size = 0;
  if (count > 0 && connection->waiting == 0) ++outstanding;
  for (unsigned index = 0; index < count; ++index) {
    uint32_t stream;
    at += h2_ask(&connection->h2, &h2_requests[connection->turn++ % batch_count], at, &stream);
    *asked_time(connection, stream) = now_cached;
  }
  connection->waiting += count;
  connection->unsent = connection->out;
  connection->unsent_size = (size_t)(at - connection->out);
  send_rest(connection);
}

static void ask(struct connection *connection) {
  if (speaks_h2) {
    ask_h2(connection, depth);
    return;
  }
  const struct batch *batch = &batches[connection->turn++ % batch_count];
  connection->unsent = batch->bytes;
  connection->unsent_size = batch->size;
  connection->waiting = depth;
  connection->asked_at = now_cached;
  ++outstanding;
  send_rest(connection);
}

static void next(struct connection *connection) {
  --outstanding;
  if (per_connection > 0 && connection->answered >= per_connection) {
    close_connection(connection);
    open_connection(connection);
  }
  if (!stopping) ask(connection);
}

/* The server closed, or what came was no answer. */
static void give_up(struct connection *connection) {
  close_connection(connection);
  if (connection->waiting > 0) {
    ++figures.errors;
    --outstanding;
  }
  connection->waiting = 0;
  open_connection(connection);
  if (!stopping) ask(connection);
}

static void count_answer(struct connection *connection) {
  ++figures.requests;
  ++figures.histogram[bucket_of(now_cached - connection->asked_at)];
  ++connection->answered;
  --connection->waiting;
}

/* Reads the head of an answer; returns whether it is one that is counted. */
static int read_head(struct connection *connection, const char *head, size_t size) {
  if (size < 12 || memcmp(head, "HTTP/1.1 200", 12) != 0) return 0;
  static const char name[] = "\ncontent-length:";
  const char *const end = head + size;
  for (const char *line = head; (line = memchr(line, '\n', (size_t)(end - line))) != NULL; ++line) {
    if ((size_t)(end - line) > sizeof name && strncasecmp(line, name, sizeof name - 1) == 0) {
      connection->body_left = strtoull(line + sizeof name - 1, NULL, 10);
      return 1;
    }
  }
  return 0;
}

/* Takes the bytes of a head; returns how many, or 0 if the connection is of no use any more. */
static size_t take_head(struct connection *connection, const char *bytes, size_t size) {
  const unsigned before = connection->head_used;
  if (before == 0) { /* the usual case: all of it is there, so that nothing is copied */
    const char *end = memmem(bytes, size, "\r\n\r\n", 4);
    if (end != NULL) return read_head(connection, bytes, (size_t)(end - bytes) + 4) ? (size_t)(end - bytes) + 4 : 0;
  }
  const size_t room = head_max - before;
  const size_t part = size < room ? size : room;
  memcpy(connection->head + before, bytes, part);
  connection->head_used += (unsigned)part;
  const char *end = memmem(connection->head, connection->head_used, "\r\n\r\n", 4);
  if (end == NULL) return connection->head_used < head_max ? part : 0;
  const size_t head_size = (size_t)(end - connection->head) + 4;
  connection->head_used = 0;
  return read_head(connection, connection->head, head_size) ? head_size - before : 0;
}

/* Returns whether the connection goes on. */
static int take(struct connection *connection, const char *bytes, size_t size) {
  while (size > 0) {
    size_t taken;
    if (connection->waiting == 0) return 0; /* more than was asked for */
    if (connection->body_left > 0) {
      taken = size < connection->body_left ? size : (size_t)connection->body_left;
      connection->body_left -= taken;
    } else {
      taken = take_head(connection, bytes, size);
      if (taken == 0) return 0;
      if (connection->head_used > 0) return 1; /* the rest of the head is still to come */
    }
    if (connection->body_left == 0) count_answer(connection);
    bytes += taken;
    size -= taken;
  }
  return 1;
}

static void answered_h2(void *context, uint32_t stream) {
  struct connection *connection = context;
  if (connection->waiting == 0) return; /* more than was asked for */
  ++figures.requests;
  ++figures.histogram[bucket_of(now_cached - *asked_time(connection, stream))];
  ++connection->answered;
  --connection->waiting;
}

static void on_input_h2(struct connection *connection, const char *bytes, size_t size) {
  const unsigned before = connection->waiting;
  if (!h2_take(&connection->h2, bytes, size, answered_h2, connection)) {
    if (before > 0 && connection->waiting == 0) --outstanding;
    give_up(connection);
    return;
  }
  const unsigned ended = before - connection->waiting;
  if (ended > 0 && connection->waiting == 0) --outstanding;
  if (stopping ? connection->h2.owed_size > 0 : ended > 0) ask_h2(connection, stopping ? 0 : ended);
}

static void on_input(struct connection *connection) {
  if (connection->tls != NULL && connection->unsent_size > 0) send_rest(connection); /* the handshake goes on */
  const ssize_t size = connection->tls != NULL ? tls_receive(connection->tls, buffer, sizeof buffer)
                                               : recv(connection->socket, buffer, sizeof buffer, 0);
  if (size < 0 && errno == EAGAIN) return;
  if (size > 0) figures.bytes += (uint64_t)size;
  const int was_waiting = connection->waiting > 0;
  if (speaks_h2 && size > 0) {
    on_input_h2(connection, buffer, (size_t)size);
    return;
  }
  if (size <= 0 || !take(connection, buffer, (size_t)size)) {
    give_up(connection);
  } else if (was_waiting && connection->waiting == 0) {
    next(connection);
  }
}

static void run(double seconds) {
  struct epoll_event events[events_max];
  memset(&figures, 0, sizeof figures);
  stopping = 0;
  const uint64_t start = now_cached = now();
  const uint64_t end = start + (uint64_t)(seconds * 1e6);
  for (unsigned index = 0; index < connection_count; ++index) ask(&connections[index]);
  while (outstanding > 0) {
    const int count = epoll_wait(poller, events, events_max, 100);
    now_cached = now();
    stopping = now_cached >= end;
    if (now_cached >= end + drain_limit) break;
    for (int index = 0; index < count; ++index) {
      struct connection *connection = events[index].data.ptr;
      if (events[index].events & EPOLLOUT) send_rest(connection);
      if (events[index].events & ~(uint32_t)EPOLLOUT) on_input(connection);
    }
  }
  for (unsigned index = 0; index < connection_count; ++index) {
    if (connections[index].waiting > 0) give_up(&connections[index]);
  }
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  printf("figures: requests=%lu microseconds=%lu cpu=%lu p50=%lu p99=%lu bytes=%lu connections=%lu errors=%lu\n",
         figures.requests, now() - start,
         (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 +
             (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec),
         quantile(0.5), quantile(0.99), figures.bytes, figures.connections, figures.errors);
  fflush(stdout);
}

static void read_batches(int count, char **names) {
  static struct batch files[files_max];
  if (count > files_max) count = files_max;
  for (int index = 0; index < count; ++index) {
    FILE *file = fopen(names[index], "rb");
    struct stat information;
    if (file == NULL || fstat(fileno(file), &information) != 0) fail(names[index]);
    files[index].size = (size_t)information.st_size;
    files[index].bytes = malloc(files[index].size);
    if (fread(files[index].bytes, 1, files[index].size, file) != files[index].size) fail(names[index]);
    fclose(file);
  }
  batch_count = (unsigned)count;
  for (unsigned index = 0; speaks_h2 && index < batch_count; ++index) {
    if (!h2_pack(&h2_requests[index], files[index].bytes, files[index].size, encrypts))
      fail("not a request for HTTP/2");
  }
  for (unsigned index = 0; index < batch_count; ++index) {
    struct batch *batch = &batches[index];
    if (depth == 1) {
      *batch = files[index];
      continue;
    }
    for (unsigned part = 0; part < depth; ++part) {
      const struct batch *file = &files[(index * depth + part) % batch_count];
      batch->bytes = realloc(batch->bytes, batch->size + file->size);
      memcpy(batch->bytes + batch->size, file->bytes, file->size);
      batch->size += file->size;
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 6) {
    fprintf(stderr, "clients [tls:|h2:|h2-tls:]PORT CONNECTIONS DEPTH REQUESTS_PER_CONNECTION FILE...\n");
    return 2;
  }
  const char *const colon = strrchr(argv[1], ':');
  encrypts = colon != NULL && strstr(argv[1], "tls:") != NULL;
  speaks_h2 = strncmp(argv[1], "h2", 2) == 0;
  port = (unsigned short)atoi(colon != NULL ? colon + 1 : argv[1]);
  connection_count = (unsigned)atoi(argv[2]);
  depth = (unsigned)atoi(argv[3]);
  per_connection = (unsigned)atoi(argv[4]);
  read_batches(argc - 5, argv + 5);
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  poller = epoll_create1(EPOLL_CLOEXEC);
  connections = calloc(connection_count, sizeof *connections);
  if (poller < 0 || connections == NULL) fail("set-up");
  for (unsigned index = 0; index < connection_count; ++index) {
    connections[index].turn = index;
    connections[index].out = speaks_h2 ? malloc(depth * h2_request_max + 2 * h2_opening_size) : NULL;
    connections[index].asked_times = speaks_h2 ? calloc(streams_max, sizeof(uint64_t)) : NULL;
    open_connection(&connections[index]);
  }
  printf("ready\n");
  fflush(stdout);
  char line[64];
  while (fgets(line, sizeof line, stdin) != NULL) run(atof(line));
  return 0;
}
