#define _GNU_SOURCE
#include "h2.h"

#include <string.h>
#include <strings.h>

enum { data_frame = 0, headers = 1, rst_stream = 3, settings = 4, ping = 6, goaway = 7, window_update = 8 };
enum { end_stream = 1, acknowledgement = 1, end_headers = 4, padded = 8, has_priority = 32 };

static const uint32_t window = 1u << 30;

static char *put_frame(char *out, uint32_t size, unsigned type, unsigned flags, uint32_t stream) {
  const uint8_t head[9] = {(uint8_t)(size >> 16),   (uint8_t)(size >> 8),   (uint8_t)size,
                           (uint8_t)type,           (uint8_t)flags,         (uint8_t)(stream >> 24),
                           (uint8_t)(stream >> 16), (uint8_t)(stream >> 8), (uint8_t)stream};
  memcpy(out, head, sizeof head);
  return out + sizeof head;
}

static char *put_number(char *out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) *out++ = (char)(value >> shift);
  return out;
}

static char *put_window(char *out, uint32_t size) { return put_number(put_frame(out, 4, window_update, 0, 0), size); }

/* HPACK: an integer with a prefix of so many bits (RFC 7541 5.1), and a string without Huffman's code (5.2). */
static char *put_integer(char *out, unsigned first, unsigned bits, size_t value) {
  const size_t most = (1u << bits) - 1;
  if (value < most) {
    *out++ = (char)(first | value);
    return out;
  }
  *out++ = (char)(first | most);
  for (value -= most; value >= 128; value >>= 7) *out++ = (char)(value | 128);
  *out++ = (char)value;
  return out;
}

static char *put_string(char *out, const char *text, size_t size, int in_lower_case) {
  out = put_integer(out, 0, 7, size);
  for (size_t index = 0; index < size; ++index) {
    const int is_upper = in_lower_case && text[index] >= 'A' && text[index] <= 'Z';
    *out++ = (char)(is_upper ? text[index] | 0x20 : text[index]);
  }
  return out;
}

struct field {
  const char *name, *value;
  size_t name_size, value_size;
};

/* The fields of a head of HTTP/1.1; -1 if there are too many. */
static int read_fields(const char *line, const char *end, struct field *fields, int most) {
  int count = 0;
  while (line < end && *line != '\r') {
    const char *line_end = memmem(line, (size_t)(end - line), "\r\n", 2);
    const char *colon = line_end != NULL ? memchr(line, ':', (size_t)(line_end - line)) : NULL;
    if (colon == NULL || count == most) return -1;
    const char *value = colon + 1;
    while (*value == ' ') ++value;
    fields[count++] = (struct field){line, value, (size_t)(colon - line), (size_t)(line_end - value)};
    line = line_end + 2;
  }
  return count;
}

static size_t pack(char *out, const struct field *path, const struct field *fields, int count, int encrypted,
                   int is_first) {
  enum { get = 2, path_name = 4, http = 6, https = 7, authority_name = 1, dynamic = 62 };
  char *at = out + 9;
  *at++ = (char)(0x80 | get);
  *at++ = (char)(0x80 | (encrypted ? https : http));
  at = put_string(put_integer(at, 0, 4, path_name), path->value, path->value_size, 0);
  for (int index = 0; index < count; ++index) {
    const struct field *field = &fields[index];
    const int is_host = field->name_size == 4 && strncasecmp(field->name, "host", 4) == 0;
    if (!is_first) {
      at = put_integer(at, 0x80, 7, (size_t)(dynamic + count - 1 - index));
      continue;
    }
    at = put_integer(at, 0x40, 6, is_host ? authority_name : 0);
    if (!is_host) at = put_string(at, field->name, field->name_size, 1);
    at = put_string(at, field->value, field->value_size, 0);
  }
  put_frame(out, (uint32_t)(at - out) - 9, headers, end_stream | end_headers, 0);
  return (size_t)(at - out);
}

int h2_pack(struct h2_request *request, const char *text, size_t size, int encrypted) {
  enum { fields_max = 16 };
  static char same[h2_request_max];
  static size_t same_size;
  struct field fields[fields_max];
  const char *const end = text + size;
  const char *lines = memmem(text, size, "\r\n", 2);
  if (size < 4 || size > h2_request_max / 2 || memcmp(text, "GET ", 4) != 0 || lines == NULL) return 0;
  const char *target_end = memchr(text + 4, ' ', (size_t)(lines - text) - 4);
  const int count = read_fields(lines + 2, end, fields, fields_max);
  if (target_end == NULL || count < 0 || memcmp(end - 4, "\r\n\r\n", 4) != 0) return 0;
  if (same_size == 0) memcpy(same, lines, same_size = (size_t)(end - lines));
  if (same_size != (size_t)(end - lines) || memcmp(same, lines, same_size) != 0) return 0;
  const struct field path = {NULL, text + 4, 0, (size_t)(target_end - text) - 4};
  request->first_size = pack(request->first, &path, fields, count, encrypted, 1);
  request->next_size = pack(request->next, &path, fields, count, encrypted, 0);
  return 1;
}

size_t h2_open(struct h2 *connection, char *out) {
  static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  enum { enable_push = 2, initial_window_size = 4 };
  memset(connection, 0, sizeof *connection);
  connection->next_stream = 1;
  char *at = out;
  memcpy(at, preface, sizeof preface - 1);
  at = put_frame(at + sizeof preface - 1, 12, settings, 0, 0);
  *at++ = 0;
  *at++ = enable_push;
  at = put_number(at, 0);
  *at++ = 0;
  *at++ = initial_window_size;
  at = put_number(at, window);
  at = put_window(at, window);
  return (size_t)(at - out);
}

size_t h2_ask(struct h2 *connection, const struct h2_request *request, char *out, uint32_t *stream) {
  const int is_first = connection->next_stream == 1;
  const size_t size = is_first ? request->first_size : request->next_size;
  memcpy(out, is_first ? request->first : request->next, size);
  *stream = connection->next_stream;
  put_number(out + 5, *stream);
  connection->next_stream += 2;
  return size;
}

static void owe(struct h2 *connection, const char *bytes, size_t size) {
  if (connection->owed_size + size > sizeof connection->owed) return;
  memcpy(connection->owed + connection->owed_size, bytes, size);
  connection->owed_size += size;
}

static void begin_frame(struct h2 *connection) {
  const uint8_t *head = connection->head;
  connection->left = (uint32_t)head[0] << 16 | (uint32_t)head[1] << 8 | head[2];
  connection->type = head[3];
  connection->flags = head[4];
  connection->stream =
      ((uint32_t)head[5] << 24 | (uint32_t)head[6] << 16 | (uint32_t)head[7] << 8 | head[8]) & ~(1u << 31);
  connection->looked_at = 0;
  char frame[17];
  if (connection->type == settings && (connection->flags & acknowledgement) == 0) {
    owe(connection, frame, (size_t)(put_frame(frame, 0, settings, acknowledgement, 0) - frame));
  }
  if (connection->type == ping && (connection->flags & acknowledgement) == 0) {
    put_frame(frame, 8, ping, acknowledgement, 0); /* its bytes follow */
    owe(connection, frame, 9);
  }
  if (connection->type == data_frame) {
    connection->received += connection->left;
    if (connection->received > window / 2) {
      owe(connection, frame, (size_t)(put_window(frame, (uint32_t)connection->received) - frame));
      connection->received = 0;
    }
  }
}

/* The first bytes of a head: perhaps table sizes, and then the status, which every server sends as the static table has
 * it. Trailers are not looked at. */
static int is_good(struct h2 *connection, const uint8_t *bytes, size_t size) {
  enum { status_200 = 0x88 };
  for (size_t index = 0; index < size && !connection->looked_at; ++index) {
    if ((bytes[index] & 0xe0) == 0x20) continue;
    connection->looked_at = 1;
    if (bytes[index] != status_200) return 0;
  }
  return 1;
}

int h2_take(struct h2 *connection, const char *bytes, size_t size, void (*answered)(void *, uint32_t), void *context) {
  while (size > 0 || (connection->head_used == 9 && connection->left == 0)) {
    if (connection->head_used < 9) {
      const size_t missing = 9u - connection->head_used;
      const size_t part = size < missing ? size : missing;
      memcpy(connection->head + connection->head_used, bytes, part);
      connection->head_used += (uint8_t)part;
      bytes += part;
      size -= part;
      if (connection->head_used < 9) return 1;
      begin_frame(connection);
    }
    const size_t part = size < connection->left ? size : connection->left;
    const int strange = connection->flags & (padded | has_priority);
    if (connection->type == rst_stream || connection->type == goaway) return 0;
    if (connection->type == headers && (strange || !is_good(connection, (const uint8_t *)bytes, part))) return 0;
    if (connection->type == ping && (connection->flags & acknowledgement) == 0) owe(connection, bytes, part);
    bytes += part;
    size -= part;
    connection->left -= (uint32_t)part;
    if (connection->left > 0) return 1;
    connection->head_used = 0;
    const int may_end = connection->type == headers || connection->type == data_frame;
    if (may_end && (connection->flags & end_stream) != 0) answered(context, connection->stream);
  }
  return 1;
}
