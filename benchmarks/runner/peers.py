"""The servers that are measured, how each is built and started, and what it can do."""

import dataclasses
import glob
import os
import pathlib
import shutil
import subprocess
import sys
import time
from typing import Callable

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "load"))

from servers import TlsFiles, free_port, wait_for_port  # noqa: E402

SOURCES = ROOT / "benchmarks" / "peers"
GO_PACKAGES = "/usr/share/gocode"
CRATES = "/usr/share/cargo/registry"

# What a case may need of a peer.
KEPT = frozenset({"kept"})  # a thousand connections that stay
PLAIN = frozenset({"plaintext", "json", "pipeline"})
FLOOR = PLAIN | {"short", "idle"}
EVERYTHING = FLOOR | {"sum", "upload", "bytes"}
ITEMS = frozenset({"items"})  # with and without TLS
HTTP2 = frozenset({"h2c", "h2-tls"})
ROUTES = frozenset({"routes", "lookup"})
MANY = 1 << 20


class Missing(Exception):
    """A peer that cannot be measured here, and why."""


@dataclasses.dataclass(frozen=True)
class Needed:
    """A program, or a pattern of a path, and the Debian package that has it."""

    what: str
    package: str

    def found(self):
        return bool(glob.glob(self.what)) if self.what.startswith("/") else program(self.what) is not None


@dataclasses.dataclass(frozen=True)
class Given:
    """What a case gives to a server."""

    routes: pathlib.Path | None = None
    dataset: pathlib.Path | None = None
    tls: TlsFiles | None = None  # then the port is for TLS
    http2: bool = False  # it will be spoken to by HTTP/2 alone


@dataclasses.dataclass(frozen=True)
class Start(Given):
    """What a server is started with: its build directory, where it listens, and what a case gives it."""

    out: pathlib.Path = pathlib.Path()
    port: int = 0

    def environment(self):
        """By the names that HttpArena's containers go by."""
        own = {"DATASET_PATH": self.dataset} if self.dataset else {}
        if self.tls:
            own |= {"TLS_CERT": self.tls.chain, "TLS_KEY": self.tls.key}
        if self.http2:
            own["HTTP2"] = "1"
        return {name: str(path) for name, path in own.items()}


@dataclasses.dataclass(frozen=True)
class Peer:
    """`command` makes the command line from a `Start`."""

    name: str
    about: str
    command: Callable
    can: frozenset = EVERYTHING
    needs: tuple = ()
    build: tuple = ()  # with OUT for the build directory
    target: str = ""  # what `build` makes, in that directory
    environment: tuple = ()
    pipelines: bool = True
    constant: bool = False  # answers everything with the plaintext
    connections_max: int = MANY
    folder: str = ""  # of its sources, if it is not its name
    quick: bool = False  # takes part in --quick
    curve: bool = False  # takes part in curves

    @property
    def sources(self):
        return SOURCES / (self.folder or self.name)

    def version(self):
        if not self.needs:
            return git_version()
        if self.name == "node":
            return output([program("node"), "--version"])
        return output(["dpkg-query", "-W", "-f", "${Version}", self.needs[-1].package]) or "unknown"


def program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def output(command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def git_version():
    return output(["git", "-C", str(ROOT), "describe", "--always", "--dirty"]) or "unknown"


def of_build(start, name):
    """A program of the project's own build."""
    return start.out.parent.parent / "benchmarks" / name


def floor(name):
    return lambda start: [of_build(start, name), start.port]


def arena(backend):
    def command(start):
        ports = ("--port", 0, "--tls-port", start.port) if start.tls else ("--port", start.port)
        return [of_build(start, "arena"), *ports, "--threads", 1, "--backend", backend]
    return command


def built(name):
    return lambda start: [start.out / name, start.port]


def node(start):
    return [program("node"), SOURCES / "node" / "main.js", start.port]


def with_routes(start):
    return [start.out / "server", start.port, start.routes]


def gyre_routes(start):
    return [of_build(start, "routes"), start.routes, "--port", start.port, "--threads", 1]


def nginx(start):
    """Its files go to its build directory: measure.py makes them."""
    configuration = (SOURCES / "nginx" / "nginx.conf").read_text(encoding="utf-8").replace("PORT", str(start.port))
    if start.tls:
        encrypted = (SOURCES / "nginx" / "tls.conf").read_text(encoding="utf-8")
        encrypted = encrypted.replace("CHAIN", str(start.tls.chain)).replace("KEY", str(start.tls.key))
        configuration = configuration.replace("    # TLS\n", encrypted).replace(" backlog=", " ssl backlog=")
    if start.http2:
        configuration = configuration.replace(" backlog=", " http2 backlog=")
    start.out.chmod(0o755)  # its worker drops root's rights
    (start.out / "nginx.conf").write_text(configuration, encoding="utf-8")
    return [program("nginx"), "-p", start.out, "-c", start.out / "nginx.conf", "-e", "stderr"]


GO = ("go", "build", "-o", "OUT/server", "main.go")
GO_ENVIRONMENT = (("GO111MODULE", "off"), ("GOPATH", GO_PACKAGES), ("GOMAXPROCS", "1"), ("GOFLAGS", ""))
CXX = ("clang++-19", "-std=c++20", "-O2", "-DNDEBUG", "main.cpp", "-o", "OUT/server", "-pthread")
GOLANG = Needed("go", "golang-go")
GO_SOURCES = GO_PACKAGES + "/src/github.com"

PEERS = {peer.name: peer for peer in (
    Peer("gyre", "gyre::App on io_uring: benchmarks/arena.cpp", quick=True, curve=True,
         can=EVERYTHING | ITEMS | HTTP2, command=arena("uring")),
    Peer("gyre-epoll", "the same on epoll", quick=True, can=EVERYTHING | ITEMS | HTTP2, command=arena("epoll")),
    Peer("floor", "the least that a server on io_uring can do: constant bytes, no parsing", can=FLOOR,
         command=floor("floor"), constant=True, quick=True, curve=True),
    Peer("floor-epoll", "the same on epoll", can=FLOOR,
         command=floor("floor_epoll"), constant=True),
    Peer("nginx", "one worker, `return 200`, no logs", can=FLOOR | ITEMS | HTTP2 | {"bytes"}, command=nginx,
         needs=(Needed("nginx", "nginx-light"),), quick=True, curve=True),
    Peer("h2o", "libh2o on its own event loop", command=built("server"), curve=True,
         can=EVERYTHING | HTTP2,
         needs=(Needed("/usr/include/openssl/ssl.h", "libssl-dev"), Needed("/usr/include/h2o.h", "libh2o-evloop-dev")),
         build=("cc", "-O2", "-DH2O_USE_LIBUV=0", "main.c", "-o", "OUT/server", "-lh2o-evloop", "-lssl", "-lcrypto"),
         target="server"),
    Peer("go", "net/http, GOMAXPROCS=1", can=EVERYTHING | ITEMS | {"h2-tls"}, command=built("server"), needs=(GOLANG,),
         build=GO, target="server", environment=GO_ENVIRONMENT, quick=True, curve=True),
    Peer("fasthttp", "Go's fasthttp, GOMAXPROCS=1", command=built("server"), build=GO, target="server",
         needs=(GOLANG, Needed(GO_SOURCES + "/valyala/fasthttp", "golang-github-valyala-fasthttp-dev")),
         environment=GO_ENVIRONMENT),
    Peer("hyper", "on one thread of tokio", command=built("target/release/hyper_peer"), can=EVERYTHING | {"h2c"},
         needs=(Needed("cargo", "cargo"), Needed(CRATES + "/tokio-1.*", "librust-tokio-dev"),
                Needed(CRATES + "/hyper-0.14.*", "librust-hyper-dev")),
         build=("cargo", "build", "--release", "--offline", "--quiet", "--target-dir", "OUT/target",
                "--config", 'source.crates-io.replace-with="debian"',
                "--config", f'source.debian.directory="{CRATES}"'),
         target="target/release/hyper_peer"),
    Peer("beast", "Boost.Beast with Asio's coroutines", command=built("server"),
         needs=(Needed("clang++-19", "clang-19"), Needed("/usr/include/boost/beast.hpp", "libboost1.81-dev")),
         build=CXX, target="server"),
    # With a backlog of 5 it drops connections that come together, and it loses requests that come together.
    Peer("httplib", "cpp-httplib, a thread per connection", command=built("server"), can=EVERYTHING - {"short"},
         connections_max=100, pipelines=False,
         needs=(Needed("clang++-19", "clang-19"), Needed("/usr/include/httplib.h", "libcpp-httplib-dev")),
         build=(*CXX, "-lcpp-httplib"), target="server"),
    Peer("httplib-threads", "cpp-httplib with 1,100 threads", can=KEPT,
         command=lambda start: [start.out / "server", start.port, 1100],
         needs=(Needed("clang++-19", "clang-19"), Needed("/usr/include/httplib.h", "libcpp-httplib-dev")),
         build=(*CXX, "-lcpp-httplib"), target="server", folder="httplib"),
    Peer("gyre-httplib", "the same file on gyre: one loop, 8 threads for handlers", can=KEPT,
         command=lambda start: [of_build(start, "httplib_on_gyre"), start.port, 8]),
    Peer("node", "node's http, one process", needs=(Needed("node", "nodejs"),), can=EVERYTHING | ITEMS, command=node),
    Peer("gyre-routes", "gyre::App with many routes: benchmarks/routes.cpp", can=ROUTES, command=gyre_routes,
         quick=True, curve=True),
    Peer("httprouter", "httprouter on net/http, GOMAXPROCS=1", can=ROUTES, command=with_routes, build=GO,
         target="server", environment=GO_ENVIRONMENT, quick=True, curve=True,
         needs=(GOLANG,
                Needed(GO_SOURCES + "/julienschmidt/httprouter", "golang-github-julienschmidt-httprouter-dev"))),
)}


def missing_packages():
    return sorted({need.package for peer in PEERS.values() for need in peer.needs if not need.found()})


def directory(peer, build):
    path = pathlib.Path(build) / "peers" / peer.name
    path.mkdir(parents=True, exist_ok=True)
    return path.resolve()


def environment(peer, build):
    own = dict(peer.environment)
    if peer.build[:1] == ("go",):
        own["GOCACHE"] = str((pathlib.Path(build) / "peers" / ".gocache").resolve())
    return {**os.environ, **own}


def prepare(peer, build):
    """Builds it where that is needed. Raises `Missing` with what to do about it."""
    packages = [need.package for need in peer.needs if not need.found()]
    if packages:
        raise Missing(f"needs the Debian package{'s' * (len(packages) > 1)} {', '.join(packages)}; "
                      "./dev bench --install installs what the peers need")
    out = directory(peer, build)
    if peer.build:
        compile_peer(peer, out, build)
        return
    made = pathlib.Path(peer.command(Start(out=out))[0])
    if not made.exists():
        raise Missing(f"{made} is not built (./dev build)")


def compile_peer(peer, out, build):
    target = out / peer.target
    sources = [path for path in peer.sources.rglob("*") if path.is_file()]
    if target.exists() and all(path.stat().st_mtime < target.stat().st_mtime for path in sources):
        return
    print(f"building {peer.name} into {out.relative_to(ROOT) if out.is_relative_to(ROOT) else out}", flush=True)
    shutil.copytree(peer.sources, out, dirs_exist_ok=True)  # cargo writes beside its sources
    command = [word.replace("OUT", str(out)) for word in peer.build]
    done = subprocess.run(command, cwd=out, env=environment(peer, build), capture_output=True, text=True)
    if done.returncode != 0 or not target.exists():
        log = out / "build.log"
        log.write_text(done.stdout + done.stderr, encoding="utf-8")
        raise Missing(f"does not build: {log}")
    os.utime(target)


class Running:
    """A peer that listens, as a fresh process. A context manager: at its end the process is gone."""

    def __init__(self, peer, build, processor, given):
        out = directory(peer, build)
        self.peer = peer
        self.directory = out
        self.port = free_port()
        self.tls = given.tls
        start = Start(**vars(given), out=out, port=self.port)
        with (out / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                [str(word) for word in peer.command(start)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=out,
                env={**environment(peer, build), **start.environment()},
                preexec_fn=lambda: os.sched_setaffinity(0, {processor}),
            )
        self.pid = self.process.pid
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self):
        end = time.monotonic() + 10
        while True:
            try:
                return wait_for_port(self.port, 0.05)
            except ConnectionRefusedError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise Missing(f"does not start: {self.directory / 'server.log'}") from None

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
