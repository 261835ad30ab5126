"""What programs can do by HTTP/1.1 without TLS they can do with it: their cases once more, by https."""

import http.client
import ssl

import curl_cases
import httpbin_cases
import load_cases
import node_cases
import python_cases
import wget_cases
from gallery_case import CUT_PATHS
from setting import limit
from tls_setting import TlsCase, TlsGalleryCase, authority, context

CUT_ERRORS = (http.client.IncompleteRead, ConnectionResetError, ssl.SSLError)


class CurlTls(TlsGalleryCase, curl_cases.CurlProgram):
    test_offer_of_http_2_is_declined = None  # it is not: h2_curl_cases.py

    def command(self, *arguments):
        """Without that it offers HTTP/2, too."""
        return super().command("--http1.1", *arguments)


class WgetTls(TlsGalleryCase, wget_cases.Wget):
    def command(self, *arguments):
        return super().command(f"--ca-certificate={authority().path}", *arguments)


class HttpClientTls(TlsGalleryCase, python_cases.HttpClient):
    def setUp(self):
        self.client = http.client.HTTPSConnection("localhost", self.service.port, timeout=limit(10),
                                                  context=context())
        self.client.connect()
        self.addCleanup(self.client.close)

    def test_aborted_download_is_an_error(self):
        for path in CUT_PATHS:
            with self.subTest(path), self.assertRaises(CUT_ERRORS):
                self.ask("GET", path).read()
            self.client.close()


class HttpxTls(TlsGalleryCase, python_cases.Httpx):
    pass


class NodeHttpTls(TlsGalleryCase, node_cases.NodeHttp):
    pass


class NodeFetchTls(TlsGalleryCase, node_cases.NodeFetch):
    pass


class UndiciTls(TlsGalleryCase, node_cases.Undici):
    pass


class AbTls(TlsGalleryCase, load_cases.Ab):
    pass


class H2loadTls(TlsGalleryCase, load_cases.H2loadOnHttp1):
    pass


class HttpbinCurlTls(TlsCase, httpbin_cases.HttpbinCurl):
    pass


class HttpbinRequestsTls(TlsCase, httpbin_cases.HttpbinRequests):
    pass


class HttpbinHttpxTls(TlsCase, httpbin_cases.HttpbinHttpx):
    pass


class HttpbinFetchTls(TlsCase, httpbin_cases.HttpbinFetch):
    pass


CASES = (CurlTls, WgetTls, HttpClientTls, HttpxTls, NodeHttpTls, NodeFetchTls, UndiciTls, AbTls, H2loadTls,
         HttpbinCurlTls, HttpbinRequestsTls, HttpbinHttpxTls, HttpbinFetchTls)
