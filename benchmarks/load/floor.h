#pragma once

/* What both floor programs share: the answer, the search for the end of a request, the listener. */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ANSWER                            \
  "HTTP/1.1 200 OK\r\n"                   \
  "Server: floor\r\n"                     \
  "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n" \
  "Content-Type: text/plain\r\n"          \
  "Content-Length: 13\r\n"                \
  "\r\n"                                  \
  "Hello, World!"

enum { answer_size = sizeof ANSWER - 1, answers_max = 64 };

static char answers[answers_max * answer_size];

static inline void fill_answers(void) {
  for (int index = 0; index < answers_max; ++index) memcpy(answers + index * answer_size, ANSWER, answer_size);
}

static inline void fail(const char *what, int error) {
  fprintf(stderr, "floor: %s: %s\n", what, strerror(error));
  exit(1);
}

/* How many requests end in these bytes. `progress` is how much of "\r\n\r\n" the bytes before them ended with. */
static inline unsigned count_requests(unsigned char *progress, const char *bytes, size_t size) {
  static const char end_of_head[] = "\r\n\r\n";
  const char *const end = bytes + size;
  unsigned char matched = *progress;
  unsigned count = 0;
  while (bytes < end) {
    if (matched == 0) {
      bytes = memchr(bytes, '\r', (size_t)(end - bytes));
      if (bytes == NULL) break;
    }
    matched = *bytes == end_of_head[matched] ? matched + 1 : *bytes == '\r';
    if (matched == 4) {
      matched = 0;
      ++count;
    }
    ++bytes;
  }
  *progress = matched;
  return count;
}

static inline int listen_on(const char *port, int socket_flags) {
  const int one = 1;
  const struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((unsigned short)atoi(port)),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | socket_flags, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (bind(listener, (const struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4096) != 0) {
    fail("listen", errno);
  }
  return listener;
}

/* The line that gyre's programs print too, so that the same scripts start both. */
static inline void announce(int listener, const char *backend) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("floor: listening on http://127.0.0.1:%u (%s, 1 thread)\n", ntohs(address.sin_port), backend);
  fflush(stdout);
}
