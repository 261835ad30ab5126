/* libh2o on its own event loop, one thread, behind the routes of benchmarks/arena.cpp: main PORT. With HTTP2 in the
 * environment, clients begin with HTTP/2; with TLS_CERT and TLS_KEY, the port is for TLS, and ALPN decides. */
#define _GNU_SOURCE
#include <errno.h>
#include <h2o.h>
#include <h2o/http1.h>
#include <h2o/http2.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum { piece_size = 64 * 1024 };

static h2o_context_t context;
static h2o_accept_ctx_t accept_context;
static int prior_knowledge;
static char piece[piece_size];

static int answer(h2o_req_t *request, const char *type, size_t type_size, h2o_iovec_t body) {
  static h2o_generator_t generator = {NULL, NULL};
  request->res.status = 200;
  request->res.reason = "OK";
  request->res.content_length = body.len;
  h2o_add_header(&request->pool, &request->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL, type, type_size);
  h2o_start_response(request, &generator);
  h2o_send(request, &body, 1, H2O_SEND_STATE_FINAL);
  return 0;
}

static int answer_number(h2o_req_t *request, long long value) {
  char *text = h2o_mem_alloc_pool(&request->pool, 24);
  const int size = snprintf(text, 24, "%lld", value);
  return answer(request, H2O_STRLIT("text/plain"), h2o_iovec_init(text, (size_t)size));
}

static long long number(const char *text, size_t size) {
  char copy[24];
  if (size >= sizeof copy) return 0;
  memcpy(copy, text, size);
  copy[size] = 0;
  return atoll(copy);
}

static long long query_sum(const h2o_req_t *request) {
  long long sum = 0;
  if (request->query_at == SIZE_MAX) return 0;
  const char *at = request->path.base + request->query_at + 1;
  const char *const end = request->path.base + request->path.len;
  while (at < end) {
    const char *next = memchr(at, '&', (size_t)(end - at));
    if (next == NULL) next = end;
    if (next - at > 2 && (at[0] == 'a' || at[0] == 'b') && at[1] == '=') sum += number(at + 2, (size_t)(next - at - 2));
    at = next + 1;
  }
  return sum;
}

static int on_plaintext(h2o_handler_t *self, h2o_req_t *request) {
  (void)self;
  return answer(request, H2O_STRLIT("text/plain"), h2o_iovec_init(H2O_STRLIT("Hello, World!")));
}

static int on_json(h2o_handler_t *self, h2o_req_t *request) {
  (void)self;
  return answer(request, H2O_STRLIT("application/json"), h2o_iovec_init(H2O_STRLIT("{\"message\":\"Hello, World!\"}")));
}

static int on_pipeline(h2o_handler_t *self, h2o_req_t *request) {
  (void)self;
  return answer(request, H2O_STRLIT("text/plain"), h2o_iovec_init(H2O_STRLIT("ok")));
}

static int on_sum(h2o_handler_t *self, h2o_req_t *request) {
  (void)self;
  const h2o_iovec_t body = request->entity;
  return answer_number(request, query_sum(request) + (body.base != NULL ? number(body.base, body.len) : 0));
}

static int on_upload(h2o_handler_t *self, h2o_req_t *request) {
  (void)self;
  return answer_number(request, (long long)request->entity.len);
}

struct bytes {
  h2o_generator_t generator;
  size_t left;
};

static void proceed(h2o_generator_t *generator, h2o_req_t *request) {
  struct bytes *bytes = (struct bytes *)generator;
  h2o_iovec_t part = h2o_iovec_init(piece, bytes->left < piece_size ? bytes->left : piece_size);
  bytes->left -= part.len;
  h2o_send(request, &part, 1, bytes->left == 0 ? H2O_SEND_STATE_FINAL : H2O_SEND_STATE_IN_PROGRESS);
}

static int on_bytes(h2o_handler_t *self, h2o_req_t *request) {
  (void)self;
  static const size_t prefix = sizeof "/bytes/" - 1;
  if (request->path_normalized.len <= prefix) return -1;
  struct bytes *bytes = h2o_mem_alloc_pool(&request->pool, sizeof *bytes);
  bytes->generator = (h2o_generator_t){proceed, NULL};
  bytes->left = (size_t)number(request->path_normalized.base + prefix, request->path_normalized.len - prefix);
  request->res.status = 200;
  request->res.reason = "OK";
  request->res.content_length = bytes->left;
  h2o_add_header(&request->pool, &request->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL,
                 H2O_STRLIT("application/octet-stream"));
  h2o_start_response(request, &bytes->generator);
  proceed(&bytes->generator, request);
  return 0;
}

static void on_accept(h2o_socket_t *listener, const char *error) {
  struct timeval now;
  h2o_socket_t *connection;
  if (error != NULL) return;
  gettimeofday(&now, NULL);
  for (int count = 0; count < 64 && (connection = h2o_evloop_socket_accept(listener)) != NULL; ++count) {
    if (prior_knowledge) {
      h2o_http2_accept(&accept_context, connection, now);
    } else {
      h2o_accept(&accept_context, connection);
    }
  }
}

static SSL_CTX *tls_of(const char *chain, const char *key) {
  SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
  SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION);
  SSL_CTX_set_ciphersuites(tls, "TLS_AES_128_GCM_SHA256");
  if (SSL_CTX_use_certificate_chain_file(tls, chain) != 1 ||
      SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1) {
    fprintf(stderr, "no certificate\n");
    exit(1);
  }
  h2o_ssl_register_alpn_protocols(tls, h2o_http2_alpn_protocols);
  return tls;
}

static int listen_on(const char *port) {
  const int one = 1;
  const struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (bind(listener, (const struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 4096) != 0) {
    perror("listen");
    exit(1);
  }
  return listener;
}

int main(int argc, char **argv) {
  static const struct {
    const char *path;
    int (*on_request)(h2o_handler_t *, h2o_req_t *);
  } routes[] = {{"/plaintext", on_plaintext}, {"/json", on_json},     {"/pipeline", on_pipeline},
                {"/baseline11", on_sum},      {"/upload", on_upload}, {"/bytes", on_bytes}};
  static h2o_globalconf_t configuration;
  signal(SIGPIPE, SIG_IGN);
  memset(piece, 'x', sizeof piece);
  h2o_config_init(&configuration);
  configuration.http1.req_timeout = 600 * 1000;
  h2o_hostconf_t *host = h2o_config_register_host(&configuration, h2o_iovec_init(H2O_STRLIT("default")), 65535);
  for (size_t index = 0; index < sizeof routes / sizeof routes[0]; ++index) {
    h2o_pathconf_t *path = h2o_config_register_path(host, routes[index].path, 0);
    h2o_create_handler(path, sizeof(h2o_handler_t))->on_req = routes[index].on_request;
  }
  h2o_context_init(&context, h2o_evloop_create(), &configuration);
  accept_context.ctx = &context;
  accept_context.hosts = configuration.hosts;
  const char *const chain = getenv("TLS_CERT");
  if (chain != NULL) accept_context.ssl_ctx = tls_of(chain, getenv("TLS_KEY"));
  prior_knowledge = chain == NULL && getenv("HTTP2") != NULL;
  h2o_socket_t *listener =
      h2o_evloop_socket_create(context.loop, listen_on(argc > 1 ? argv[1] : "0"), H2O_SOCKET_FLAG_DONT_READ);
  h2o_socket_read_start(listener, on_accept);
  while (h2o_evloop_run(context.loop, INT32_MAX) == 0) continue;
  return 0;
}
