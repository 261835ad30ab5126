"""What is measured. A case has points: one, or several for a curve."""

import dataclasses
import pathlib

import articles
from peers import SOURCES

HEADERS = (
    "Host: 127.0.0.1\r\n"
    "Accept: text/plain,text/html;q=0.9,application/xhtml+xml;q=0.9,application/xml;q=0.8,*/*;q=0.7\r\n"
)


@dataclasses.dataclass(frozen=True)
class Request:
    """Its bytes, and the body of the right answer: a text, or how many bytes it has."""

    head: str
    body: bytes = b""
    answer: object = "Hello, World!"

    @property
    def data(self):
        return self.head.encode() + self.body


def get(target, answer):
    return Request(f"GET {target} HTTP/1.1\r\n{HEADERS}\r\n", answer=answer)


def post(target, body, answer):
    return Request(f"POST {target} HTTP/1.1\r\n{HEADERS}Content-Length: {len(body)}\r\n\r\n", body, answer)


def post_chunked(target, body, answer):
    chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    return Request(f"POST {target} HTTP/1.1\r\n{HEADERS}Transfer-Encoding: chunked\r\n\r\n", chunk, answer)


PLAINTEXT = get("/plaintext", "Hello, World!")
JSON = get("/json", '{"message":"Hello, World!"}')
PIPELINE = get("/pipeline", "ok")
# HttpArena's baseline: reading a query and a body of each kind, and adding.
BASELINE = (get("/baseline11?a=13&b=42", "55"), post("/baseline11?a=13&b=42", b"20", "75"),
            post_chunked("/baseline11?a=13&b=42", b"20", "75"))
# HttpArena's json and json-tls.
ARTICLES = tuple(get(articles.target(*asked), articles.answer(*asked)) for asked in articles.ASKED)


@dataclasses.dataclass(frozen=True)
class Point:
    """One load. `routes` and `dataset` are functions that make such a file in a directory, for peers that take one."""

    x: float = 0
    label: str = ""
    requests: tuple = ()
    connections: int = 64
    depth: int = 1
    per_connection: int = 0  # requests before it is closed; 0: never
    routes: object = None
    dataset: object = None
    tls: bool = False
    http2: bool = False  # then `depth` streams of each connection are open at any time


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    about: str
    needs: str  # of a peer
    points: tuple
    kind: str = "load"  # or "idle", "lookup"
    scale: float = 0.55  # of --seconds
    rounds_max: int = 1000
    x_title: str = ""
    only_curve_peers: bool = False
    note: str = ""

    @property
    def is_curve(self):
        return len(self.points) > 1

    def short_unit(self):
        return {"load": "µs/request", "idle": "bytes/connection", "lookup": "ns/look-up"}[self.kind]

    def unit(self):
        """What the main figure is."""
        return {"load": "µs of server CPU per request", "idle": "bytes per connection",
                "lookup": "ns per look-up"}[self.kind]


def single(name, about, needs, requests, **load):
    scale = load.pop("scale", 0.55)
    note = load.pop("note", "")
    rounds_max = load.pop("rounds_max", Case.rounds_max)
    return Case(name, about, needs, (Point(requests=requests, **load),), scale=scale, note=note, rounds_max=rounds_max)


def size_label(size):
    for unit, name in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit and size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size // 1_000_000} MB" if size >= 1_000_000 else f"{size} B"


def bodies(size, request):
    return Point(size, size_label(size), (request,), connections=16 if size < 1_000_000 else 4)


def upload(size):
    return bodies(size, post("/upload", b"u" * size, str(size)))


def download(size):
    return bodies(size, get(f"/bytes/{size}", size))


def connections(count):
    return Point(count, f"{count:,}", (PLAINTEXT,), connections=count)


def lifetime(count, label):
    return Point(count, label, (PLAINTEXT,), per_connection=count if label != "all" else 0)


def resource(number):
    return f"/api/v1/resource-{number}"


def write_routes(count):
    """An API of resources with three routes each."""
    def write(folder):
        path = pathlib.Path(folder) / f"routes_{count}.txt"
        patterns = (resource(number) + rest for number in range(count // 3 + 1)
                    for rest in ("", "/{id}", "/{id}/parts/{part}"))
        lines = [f"GET {pattern}\n" for pattern, _ in zip(patterns, range(count))]
        path.write_text("".join(lines), encoding="utf-8")
        return path
    return write


def github_routes(_):
    return SOURCES / "routes_github.txt"


def routes(count):
    resources = count // 3
    targets = tuple(get(f"{resource(number * 7919 % resources)}/1234567/parts/left", "ok") for number in range(16))
    return Point(count, f"{count:,}", targets, routes=write_routes(count))


CASES = {case.name: case for case in (
    single("plaintext", "GET /plaintext, one request at a time on each of 64 connections", "plaintext", (PLAINTEXT,),
           scale=1.0),
    single("plaintext-16", "GET /plaintext, 16 requests in one write on each of 64 connections", "plaintext",
           (PLAINTEXT,), depth=16, scale=1.0),
    single("json", "GET /json, one request at a time on each of 64 connections", "json", (JSON,)),
    single("json-16", "GET /json, 16 requests in one write on each of 64 connections", "json", (JSON,), depth=16),
    single("baseline", "HttpArena's baseline: GET, POST and chunked POST /baseline11 in turn, 512 connections", "sum",
           BASELINE, connections=512),
    single("pipelined", "HttpArena's pipelined: GET /pipeline, 16 in one write on each of 512 connections", "pipeline",
           (PIPELINE,), connections=512, depth=16),
    single("limited-conn", "HttpArena's limited-conn: the baseline, each connection closed after 10 requests", "sum",
           BASELINE, connections=512, per_connection=10),
    single("json-items", "HttpArena's json: GET /json/N?m=M, N of 50 articles with their totals, 64 connections",
           "items", ARTICLES, dataset=articles.write_dataset, note="nginx sends files of the same bytes."),
    single("json-tls", "HttpArena's json-tls: the same over TLS 1.3, AES-128-GCM, a P-256 certificate, on connections "
           "that stay", "items", ARTICLES, dataset=articles.write_dataset, tls=True,
           note="nginx sends files of the same bytes."),
    single("h2c", "HTTP/2 with prior knowledge, GET /plaintext, 100 streams on each of 4 connections", "h2c",
           (PLAINTEXT,), connections=4, depth=100, http2=True, scale=0.35),
    single("h2c-1", "HTTP/2 with prior knowledge, GET /plaintext, one stream at a time on each of 64 connections",
           "h2c", (PLAINTEXT,), connections=64, http2=True, scale=0.25, rounds_max=1),
    single("h2-tls", "HTTP/2 over TLS 1.3, AES-128-GCM, GET /plaintext, 100 streams on each of 4 connections", "h2-tls",
           (PLAINTEXT,), connections=4, depth=100, http2=True, tls=True, scale=0.3, rounds_max=2),
    single("accept", "a connection per request: connect, GET /plaintext, close; 64 at a time", "short",
           (PLAINTEXT,), per_connection=1),
    single("kept", "GET /plaintext, one request at a time on each of 1,000 connections: handlers of cpp-httplib, there "
           "and on gyre", "kept", (PLAINTEXT,), connections=1000, scale=0.35, rounds_max=1),
    Case("lifetime", "GET /plaintext, connections closed after so many requests; 64 at a time", "short",
         (lifetime(1, "1"), lifetime(10, "10"), lifetime(100, "100"), lifetime(1000, "all")), rounds_max=2,
         x_title="requests per connection", only_curve_peers=True),
    Case("connections", "GET /plaintext, one request at a time on each of so many connections", "plaintext",
         (connections(64), connections(512), connections(4096), connections(10_000)), rounds_max=2,
         x_title="connections", only_curve_peers=True),
    Case("idle", "memory in user space per idle keep-alive connection, since the start", "idle",
         (connections(10_000),), kind="idle", rounds_max=1,
         note="Everything that a server pays once, for buffers and code, is in it, divided by the connections."),
    Case("idle-h2", "memory in user space per idle connection of HTTP/2, after one request, since the start", "h2c",
         (Point(2000, "2,000", (PLAINTEXT,), connections=2000, http2=True),), kind="idle", rounds_max=1,
         note="Everything that a server pays once is in it, divided by the connections."),
    Case("upload", "POST /upload with a body of so many bytes; the answer is their number", "upload",
         (upload(1024), upload(64 << 10), upload(1 << 20), upload(20_000_000)), rounds_max=2, x_title="body, bytes",
         only_curve_peers=True),
    Case("stream", "GET /bytes/N: N bytes, made as they are sent", "bytes",
         (download(1024), download(64 << 10), download(1 << 20), download(10 << 20)), rounds_max=2,
         x_title="body, bytes", only_curve_peers=True, note="nginx sends a file by sendfile(2)."),
    Case("routes", "16 routes with two parameters in turn, of so many", "routes",
         (routes(10), routes(100), routes(1000), routes(10_000)), rounds_max=2, x_title="routes"),
    Case("lookup", "every route once, in turn, of so many: the router alone, no server", "lookup",
         (routes(10), routes(100), routes(1000), routes(10_000)), kind="lookup", scale=0.2, x_title="routes"),
    Case("github", "the 203 routes of GitHub's API, each once, in turn: the router alone, no server", "lookup",
         (Point(203, "203", routes=github_routes),), kind="lookup", scale=0.5),
)}
