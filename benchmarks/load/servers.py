"""The servers that are measured: each starts on a free port of 127.0.0.1 with one thread."""

import argparse
import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from service import Service, StartError  # noqa: E402

# One worker, nothing read from files, nothing logged, connections never closed: nginx at its best.
NGINX_CONFIGURATION = """
worker_processes 1;
error_log stderr error;
pid nginx.pid;
events { worker_connections 20000; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  default_type text/plain;
  server {
    listen 127.0.0.1:%d%s backlog=4096;
    location / { return 200 "Hello, World!"; }
    location /bytes/ { root .; sendfile on; }
  }
%s}
"""
# The ciphers are those that arena prefers, so that both agree on the same one with every client.
NGINX_TLS = """  server {
    listen 127.0.0.1:%d ssl%s backlog=4096;
    ssl_certificate %s;
    ssl_certificate_key %s;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
    ssl_ecdh_curve X25519:P-256;
    ssl_session_tickets on;
    location / { return 200 "Hello, World!"; }
    location /bytes/ { root .; open_file_cache max=16; open_file_cache_valid 600s; }
  }
"""


class Missing(Exception):
    """A subject that cannot be measured here, and why."""


class TlsFiles:
    """A new certificate with a P-256 key, for as long as it is there: `chain` and `key` are paths of PEM."""

    def __init__(self):
        program = shutil.which("openssl")
        if program is None:
            raise Missing("openssl is not installed (Debian package openssl)")
        self._directory = tempfile.TemporaryDirectory()
        directory = pathlib.Path(self._directory.name)
        directory.chmod(0o755)  # nginx's worker drops root's rights
        self.chain, self.key = directory / "chain.pem", directory / "key.pem"
        subprocess.run(
            [program, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:fast.example,DNS:slow.example",
             "-keyout", self.key, "-out", self.chain], check=True, capture_output=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._directory.cleanup()


class Nginx:
    """As `Service`, as far as it goes."""

    def __init__(self, processors=None, tls=None, http2=False):
        program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None:
            raise Missing("nginx is not installed (Debian package nginx-light)")
        self._directory = tempfile.TemporaryDirectory()
        self.directory = pathlib.Path(self._directory.name)
        self.directory.chmod(0o755)  # its worker drops root's rights
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        configuration = self.directory / "nginx.conf"
        self.tls_port = free_port() if tls else None
        speaks = " http2" if http2 else ""  # and, in the clear, nothing else
        encrypted = NGINX_TLS % (self.tls_port, speaks, tls.chain, tls.key) if tls else ""
        configuration.write_text(NGINX_CONFIGURATION % (self.port, speaks, encrypted), encoding="utf-8")
        self.process = subprocess.Popen(
            [program, "-p", str(self.directory), "-c", str(configuration), "-e", "stderr", "-g", "daemon off;"],
            stdin=subprocess.DEVNULL,
            preexec_fn=(lambda: os.sched_setaffinity(0, processors)) if processors else None,
        )
        self.pid = self.process.pid
        wait_for_port(self.port)

    def serve_bytes(self, count):
        """What arena's /bytes/COUNT is: a file of as many zeros, which takes no space on the disk, in memory."""
        path = self.directory / "bytes" / str(count)
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as file:
            file.truncate(count)
        with path.open("rb", buffering=0) as file:
            while file.read(1 << 20):
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._directory.cleanup()


def free_port():
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return probe.getsockname()[1]


def wait_for_port(port, limit=5.0):
    """nginx says nothing when it listens, so it is asked."""
    end = time.monotonic() + limit
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=limit).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def arena(backend):
    return ("arena", "--port", "0", "--threads", "1", "--backend", backend)


BACKENDS = ("uring", "epoll")
COMMANDS = {  # paths are relative to the build's benchmarks; `add_build` adds absolute ones
    "arena-uring": arena("uring"),
    "arena-epoll": arena("epoll"),
    "floor": ("floor", "0"),
    "floor-epoll": ("floor_epoll", "0"),
}
SUBJECTS = (*COMMANDS, "nginx")


def command(subject, build):
    """Raises `Missing`, also for nginx, which needs more than arguments."""
    if subject not in COMMANDS:
        raise Missing(f"{subject} has no command")
    program, *arguments = COMMANDS[subject]
    path = pathlib.Path(build) / "benchmarks" / program
    if not path.exists():
        raise Missing(f"{path} is not built")
    return [path, *arguments]


def start(subject, build, processors=None, tls=None, http2=False):
    """A context manager with `url`, `port` and `pid`, and, with `TlsFiles`, `tls_port`. Raises `Missing`."""
    if subject == "nginx":
        return Nginx(processors, tls, http2)
    if http2 and backend_of(subject) is None:
        raise Missing("it has no HTTP/2")
    if tls and backend_of(subject) is None:
        raise Missing("it has no TLS")
    options = ("--tls-port", "0", "--tls-cert", tls.chain, "--tls-key", tls.key) if tls else ()
    try:
        return Service([*command(subject, build), *options], processors=processors)
    except StartError as error:
        raise Missing(str(error).strip()) from error


def backend_of(name):
    """What a subject's name ends with, if that is a back end."""
    return next((backend for backend in BACKENDS if name.endswith("-" + backend)), None)


def add_build(text):
    """"before-uring=/some/build/benchmarks/arena" makes another build of arena a subject; returns its name."""
    name, _, program = text.partition("=")
    if name in SUBJECTS or backend_of(name) is None:
        raise argparse.ArgumentTypeError(f"{name}: a name of its own that ends with -{' or -'.join(BACKENDS)}")
    _, *arguments = arena(backend_of(name))
    COMMANDS[name] = (pathlib.Path(program).resolve(), *arguments)
    return name


def subjects_of(text):
    """Reads "a,b,c" for argparse."""
    chosen = [add_build(word) if "=" in word else word for word in text.split(",")]
    unknown = set(chosen) - {*COMMANDS, *SUBJECTS}
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
    return chosen


def add_arguments(parser, subjects):
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build", help="the build directory")
    parser.add_argument("--subjects", type=subjects_of, default=list(subjects),
                        help=f"of {','.join(SUBJECTS)}, or other builds of arena as NAME-uring=PROGRAM and "
                             f"NAME-epoll=PROGRAM; default: {','.join(subjects)}")


def check_answer(service):
    """Asks for /plaintext once, and returns how many bytes the answer has: a benchmark of errors is worth nothing."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=5) as client:
        client.sendall(b"GET /plaintext HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        answer = b""
        while b"\r\n\r\n" not in answer or len(answer.partition(b"\r\n\r\n")[2]) < 13:
            piece = client.recv(4096)
            if not piece:
                break
            answer += piece
    if not answer.startswith(b"HTTP/1.1 200 ") or not answer.endswith(b"\r\n\r\nHello, World!"):
        raise RuntimeError(f"wrong answer: {answer!r}")
    return len(answer)
