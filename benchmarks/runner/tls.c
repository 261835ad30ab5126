#include "tls.h"

#include <errno.h>
#include <openssl/err.h>

static SSL_CTX *context(void) {
  static SSL_CTX *made;
  if (made == NULL && (made = SSL_CTX_new(TLS_client_method())) != NULL) {
    SSL_CTX_set_min_proto_version(made, TLS1_3_VERSION);
    SSL_CTX_set_ciphersuites(made, "TLS_AES_128_GCM_SHA256");
    SSL_CTX_set1_groups_list(made, "X25519");
    SSL_CTX_set_mode(made, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
  return made;
}

SSL *tls_open(int socket, int http2) {
  SSL *session = context() != NULL ? SSL_new(context()) : NULL;
  if (session == NULL) return NULL;
  SSL_set_fd(session, socket);
  SSL_set_tlsext_host_name(session, "localhost");
  if (http2) SSL_set_alpn_protos(session, (const unsigned char *)"\2h2", 3);
  SSL_set_connect_state(session);
  return session;
}

void tls_close(SSL *session) {
  if (SSL_is_init_finished(session)) SSL_shutdown(session);
  ERR_clear_error();
  SSL_free(session);
}

/* What recv and send would have returned. */
static ssize_t outcome(const SSL *session, int result) {
  if (result > 0) return result;
  switch (SSL_get_error(session, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
    case SSL_ERROR_ZERO_RETURN: return 0;
    default:
      ERR_clear_error();
      errno = EPROTO;
      return -1;
  }
}

ssize_t tls_receive(SSL *session, void *bytes, size_t size) {
  return outcome(session, SSL_read(session, bytes, (int)size));
}

ssize_t tls_send(SSL *session, const void *bytes, size_t size) {
  return outcome(session, SSL_write(session, bytes, (int)size));
}
