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

from servers import free_port, wait_for_port  # noqa: E402

SOURCES = ROOT / "benchmarks" / "peers"
GO_PACKAGES = "/usr/share/gocode"
CRATES = "/usr/share/cargo/registry"

# What a case may need of a peer.
PLAIN = frozenset({"plaintext", "json", "pipeline"})
FLOOR = PLAIN | {"short", "idle"}
EVERYTHING = FLOOR | {"sum", "upload", "bytes"}
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
class Peer:
    """`command` makes the command line from the peer's build directory, a port, and a file of routes or None."""

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
    quick: bool = False  # takes part in --quick
    curve: bool = False  # takes part in curves

    @property
    def sources(self):
        return SOURCES / self.name

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


def of_build(name, *arguments):
    """A program of the project's own build."""
    def command(out, port, routes):
        return [out.parent.parent / "benchmarks" / name, *(str(port) if word == "PORT" else word for word in arguments)]
    return command


def built(name):
    return lambda out, port, routes: [out / name, str(port)]


def with_routes(out, port, routes):
    return [out / "server", str(port), str(routes)]


def gyre_routes(out, port, routes):
    return [out.parent.parent / "benchmarks" / "routes", str(routes), "--port", str(port), "--threads", "1"]


def nginx(out, port, routes):
    """Its files go to its build directory; /bytes is a sparse file per size."""
    configuration = (SOURCES / "nginx" / "nginx.conf").read_text(encoding="utf-8").replace("PORT", str(port))
    out.chmod(0o755)  # its worker drops root's rights
    (out / "nginx.conf").write_text(configuration, encoding="utf-8")
    return [program("nginx"), "-p", out, "-c", out / "nginx.conf", "-e", "stderr"]


GO = ("go", "build", "-o", "OUT/server", "main.go")
GO_ENVIRONMENT = (("GO111MODULE", "off"), ("GOPATH", GO_PACKAGES), ("GOMAXPROCS", "1"), ("GOFLAGS", ""))
CXX = ("clang++-19", "-std=c++20", "-O2", "-DNDEBUG", "main.cpp", "-o", "OUT/server", "-pthread")
GOLANG = Needed("go", "golang-go")
GO_SOURCES = GO_PACKAGES + "/src/github.com"

PEERS = {peer.name: peer for peer in (
    Peer("gyre", "gyre::App on io_uring: benchmarks/arena.cpp", quick=True, curve=True,
         command=of_build("arena", "--port", "PORT", "--threads", "1", "--backend", "uring")),
    Peer("gyre-epoll", "the same on epoll", quick=True,
         command=of_build("arena", "--port", "PORT", "--threads", "1", "--backend", "epoll")),
    Peer("floor", "the least that a server on io_uring can do: constant bytes, no parsing", can=FLOOR,
         command=of_build("floor", "PORT"), constant=True, quick=True, curve=True),
    Peer("floor-epoll", "the same on epoll", can=FLOOR,
         command=of_build("floor_epoll", "PORT"), constant=True),
    Peer("nginx", "one worker, `return 200`, no logs", can=FLOOR | {"bytes"}, command=nginx,
         needs=(Needed("nginx", "nginx-light"),), quick=True, curve=True),
    Peer("h2o", "libh2o on its own event loop", command=built("server"), curve=True,
         needs=(Needed("/usr/include/openssl/ssl.h", "libssl-dev"), Needed("/usr/include/h2o.h", "libh2o-evloop-dev")),
         build=("cc", "-O2", "-DH2O_USE_LIBUV=0", "main.c", "-o", "OUT/server", "-lh2o-evloop", "-lssl", "-lcrypto"),
         target="server"),
    Peer("go", "net/http, GOMAXPROCS=1", command=built("server"), needs=(GOLANG,), build=GO, target="server",
         environment=GO_ENVIRONMENT, quick=True, curve=True),
    Peer("fasthttp", "Go's fasthttp, GOMAXPROCS=1", command=built("server"), build=GO, target="server",
         needs=(GOLANG, Needed(GO_SOURCES + "/valyala/fasthttp", "golang-github-valyala-fasthttp-dev")),
         environment=GO_ENVIRONMENT),
    Peer("hyper", "on one thread of tokio", command=built("target/release/hyper_peer"),
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
    Peer("node", "node's http, one process", needs=(Needed("node", "nodejs"),),
         command=lambda out, port, routes: [program("node"), SOURCES / "node" / "main.js", str(port)]),
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
    made = pathlib.Path(peer.command(out, 0, None)[0])
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

    def __init__(self, peer, build, processor, routes=None):
        out = directory(peer, build)
        self.peer = peer
        self.directory = out
        self.port = free_port()
        with (out / "server.log").open("wb") as log:
            self.process = subprocess.Popen(
                [str(word) for word in peer.command(out, self.port, routes)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=out, env=environment(peer, build),
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
