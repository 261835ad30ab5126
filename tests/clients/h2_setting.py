"""What cases of HTTP/2 stand on: cleartext with prior knowledge, or TLS, where ALPN chooses it."""

from gallery_case import GalleryCase
from tls_setting import TlsGalleryCase


class H2Case(GalleryCase):
    # The flags that have curl speak HTTP/2.
    curl_flags = ("--http2-prior-knowledge",)


class H2TlsCase(TlsGalleryCase, H2Case):
    curl_flags = ("--http2",)
