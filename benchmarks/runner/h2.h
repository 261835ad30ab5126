#pragma once

/* HTTP/2 of the clients: heads are packed once, as HPACK's dynamic table has them from the second request on, and the
 * frames of answers are counted and not decoded, so that a client costs less than any server. */

#include <stddef.h>
#include <stdint.h>

enum { h2_opening_size = 128, h2_request_max = 1024 };

/* A request, packed for the first time on a connection and for all others. */
struct h2_request {
  size_t first_size, next_size;
  char first[h2_request_max], next[h2_request_max];
};

struct h2 {
  uint32_t next_stream;
  uint64_t received; /* bytes of bodies for which the server has not got room again */
  uint32_t left;     /* bytes of a frame that are still to come */
  uint32_t stream;
  uint8_t type, flags, head_used, looked_at;
  uint8_t head[9];
  char owed[h2_opening_size]; /* answers to frames of the server */
  size_t owed_size;
};

/* Packs a GET that is there as HTTP/1.1 has it; all requests of a run have the same fields. 0 if that is not so. */
int h2_pack(struct h2_request *request, const char *text, size_t size, int encrypted);

/* A new connection: writes its preface, and returns how many bytes that was; at most h2_opening_size. */
size_t h2_open(struct h2 *connection, char *out);

/* Writes a request on the next stream, and returns its size; `stream` is its number. */
size_t h2_ask(struct h2 *connection, const struct h2_request *request, char *out, uint32_t *stream);

/* Takes what has come. `answered` hears of every stream whose answer, a 200, has ended. Returns whether the connection
 * goes on; what it then owes the server goes out with what is sent next. */
int h2_take(struct h2 *connection, const char *bytes, size_t size, void (*answered)(void *, uint32_t), void *context);
