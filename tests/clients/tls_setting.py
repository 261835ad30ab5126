"""Services that speak TLS, and the certificates for them, which openssl makes."""

import functools
import os
import ssl
import subprocess

from gallery_case import GalleryCase, directory
from setting import BackendCase, limit

REQUEST = """\
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
KEYS = {"ec": ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), "rsa": ("rsa:2048",)}


class Certificate:
    """A certificate in a file, and its key in another one."""

    def __init__(self, kind, name, key="ec", issuer=None, serial=1, place=None):
        place = place or directory()
        config = os.path.join(place, "request.conf")
        with open(config, "w", encoding="ascii") as file:
            file.write(REQUEST)
        self.serial = serial
        self.path = os.path.join(place, f"{name}.pem")
        self.key = os.path.join(place, f"{name}.key")
        command = ["openssl", "req", "-x509", "-config", config, "-extensions", kind, "-subj", f"/CN={name}",
                   "-days", "90", "-set_serial", str(serial), "-nodes", "-newkey", *KEYS[key], "-out", self.path,
                   "-keyout", self.key]
        if issuer:
            command += ["-CA", issuer.path, "-CAkey", issuer.key]
        subprocess.run(command, check=True, capture_output=True, timeout=limit(20))

    @property
    def flags(self):
        return ("--tls-port", 0, "--tls-cert", self.path, "--tls-key", self.key)


@functools.cache
def authority():
    return Certificate("authority", "authority")


@functools.cache
def stranger():
    """Another authority, which issued nothing."""
    return Certificate("authority", "stranger")


@functools.cache
def site(key="ec"):
    return Certificate("server", f"site-{key}", key, authority(), serial=1000)


def trusting():
    """The environment in which curl, node, Go and both of Debian's Python clients trust our authority."""
    path = authority().path
    return {"CURL_CA_BUNDLE": path, "SSL_CERT_FILE": path, "NODE_EXTRA_CA_CERTS": path}


def context():
    return ssl.create_default_context(cafile=authority().path)


class OverTls:
    """A service as its clients by TLS see it."""

    def __init__(self, service):
        self.plain = service
        self.port = service.tls_port
        self.url = service.tls_url

    def __getattr__(self, name):
        return getattr(self.plain, name)


class TlsCase(BackendCase):
    """Stands before a case, whose tests then go to the service by TLS, with clients that trust it."""

    # What needs a connection without TLS.
    test_unix_socket = None

    @classmethod
    def setUpClass(cls):
        cls.flags = cls.gallery_flags = site().flags
        super().setUpClass()
        cls.service = OverTls(cls.service)

    def complete(self, command, **options):
        return super().complete(command, **{**options, "env": {**(options.get("env") or os.environ), **trusting()}})

    def assert_events(self, command, before="", **options):
        options["env"] = {**(options.get("env") or os.environ), **trusting()}
        super().assert_events(command, before, **options)


class TlsGalleryCase(TlsCase, GalleryCase):
    def open_gate(self):
        encrypted, self.service = self.service, self.service.plain
        super().open_gate()
        self.service = encrypted
