#pragma once

/* TLS of the clients: 1.3 with TLS_AES_128_GCM_SHA256, so that every server does the same work. Certificates are not
 * verified, but the server's signature is. */

#include <openssl/ssl.h>
#include <sys/types.h>

/* A session on a socket that does not block and may still be connecting; `http2`: offers "h2" and nothing else. NULL if
 * there is no memory. */
SSL *tls_open(int socket, int http2);

/* Says that it ends, and frees it. The socket stays open. */
void tls_close(SSL *session);

/* As recv and send: -1 with errno EAGAIN if it would have to wait. The handshake is made on the way. */
ssize_t tls_receive(SSL *session, void *bytes, size_t size);
ssize_t tls_send(SSL *session, const void *bytes, size_t size);
