"""One measurement: a fresh server on one processor, its clients on another."""

import functools
import os
import pathlib
import re
import resource
import socket
import ssl
import subprocess
import tempfile
import time

import peers  # first: it makes load/ importable
import idle_memory
import servers
import usage
import wrk

WARM_SECONDS = 0.2
PATIENCE = 20  # seconds for the end of a phase beyond its length


class Failed(Exception):
    """A run that gives no figures, and why."""


def scheme(point):
    """As clients.c wants it before a port."""
    if point.http2:
        return "h2-tls:" if point.tls else "h2:"
    return "tls:" if point.tls else ""


class Clients:
    """The load generator: phases on connections that stay open."""

    def __init__(self, options, port, point, folder):
        files = []
        for number, request in enumerate(point.requests):
            path = pathlib.Path(folder) / f"request_{number}"
            path.write_bytes(request.data)
            files.append(str(path))
        program = options.build / "benchmarks" / "clients"
        self.process = subprocess.Popen(
            [str(program), scheme(point) + str(port), str(point.connections), str(point.depth),
             str(point.per_connection), *files],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {options.client_cpu}))
        if self.process.stdout.readline() != "ready\n":
            raise Failed("the clients did not start")
        self._spent = 0

    def phase(self, seconds):
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line.startswith("figures: "):
            raise Failed(f"the clients ended: {line}")
        figures = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", line)}
        spent = figures.pop("cpu")
        figures["client_cpu"] = (spent - self._spent) / 1e6
        self._spent = spent
        return figures

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def wrk_phase(options, port, point, seconds):
    """The same figures from wrk, for what it can do: one GET, connections that stay."""
    target = point.requests[0].head.split()[1]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    load = wrk.run(f"http://127.0.0.1:{port}{target}", max(1, round(seconds)), connections=point.connections,
                   depth=point.depth, processor=options.client_cpu)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"requests": load.requests, "microseconds": int(load.seconds * 1e6), "p50": load.p50, "p99": load.p99,
            "bytes": 0, "connections": point.connections, "errors": sum(load.errors.values()),
            "client_cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def wrk_can(point):
    return (len(point.requests) == 1 and not point.tls and not point.http2 and point.requests[0].head.startswith("GET")
            and point.per_connection == 0)


def read_answer(client):
    data = b""
    while b"\r\n\r\n" not in data:
        piece = client.recv(65536)
        if not piece:
            raise Failed(f"no answer: {data[:200]!r}")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    if not head.startswith(b"HTTP/1.1 200") or not length:
        raise Failed(f"wrong answer: {head[:200]!r}")
    size, left = int(length[1]), int(length[1]) - len(body)
    while left > 0:
        piece = client.recv(1 << 20)
        if not piece:
            raise Failed("the answer ends early")
        left -= len(piece)
        body = (body + piece) if size < 65536 else b""
    return len(head) + 4 + size, size, body


@functools.cache
def certificate():
    """One for all runs; it is gone at the end of the program."""
    return servers.TlsFiles()


def connect(running):
    """As a client that trusts its certificate, if it has one."""
    client = socket.create_connection(("127.0.0.1", running.port), timeout=20)
    if running.tls is None:
        return client
    trust = ssl.create_default_context(cafile=running.tls.chain)
    return trust.wrap_socket(client, server_hostname="localhost")


def ask_curl(running, request):
    """As `read_answer`, by HTTP/2."""
    target = request.head.split()[1]
    how = (["--http2", "--cacert", running.tls.chain, f"https://localhost:{running.port}{target}"] if running.tls
           else ["--http2-prior-knowledge", f"http://127.0.0.1:{running.port}{target}"])
    done = subprocess.run(["curl", "-sS", "-m", "10", "-w", "\n%{http_version} %{http_code} %{size_header}", *how],
                          capture_output=True, check=False)
    body, _, facts = done.stdout.rpartition(b"\n")
    facts = facts.decode().split()
    if done.returncode != 0 or facts[:2] != ["2", "200"]:
        raise Failed(f"no answer by HTTP/2: {facts} {done.stderr[:200]!r}")
    return int(facts[2]) + len(body), len(body), body


def check_answers(running, point):
    """Asks each request once: a benchmark of errors is worth nothing. Returns how many bytes an answer has."""
    total = 0
    for request in point.requests:
        if point.http2:
            answer_size, size, body = ask_curl(running, request)
        else:
            with connect(running) as client:
                client.sendall(request.data)
                answer_size, size, body = read_answer(client)
        total += answer_size
        wanted = "Hello, World!" if running.peer.constant else request.answer
        right = size == wanted if isinstance(wanted, int) else body == wanted.encode()
        if not right:
            raise Failed(f"wrong answer to {request.head.splitlines()[0]}: {body[:60]!r}")
    return total / len(point.requests)


def patiently(function, *arguments):
    """A thread may end while /proc is read."""
    for _ in range(5):
        try:
            return function(*arguments)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return function(*arguments)


def resident(pid):
    """(VmRSS, VmHWM) of all its processes, in bytes."""
    now = peak = 0
    for member in usage.family(pid):
        status = (usage.PROC / str(member) / "status").read_text()
        now += int(re.search(r"^VmRSS:\s+(\d+)", status, re.M)[1]) * 1024
        peak += int(re.search(r"^VmHWM:\s+(\d+)", status, re.M)[1]) * 1024
    return now, peak


def serve_files(running, point):
    """nginx sends files: /bytes/N, of zeros, which takes no space on the disk, and the answers of /json/N."""
    for request in point.requests:
        if running.peer.name != "nginx":
            continue
        target = request.head.split()[1].partition("?")[0]
        path = running.directory / target.lstrip("/")
        if isinstance(request.answer, int):
            path.parent.mkdir(exist_ok=True)
            with path.open("wb") as file:
                file.truncate(request.answer)
        elif point.dataset:
            path.parent.mkdir(exist_ok=True)
            path.write_text(request.answer, encoding="utf-8")


def load(peer, case, point, options):
    """Server CPU time, throughput, latency and memory under load."""
    seconds = options.seconds * case.scale
    with tempfile.TemporaryDirectory() as folder:
        given = peers.Given(routes=point.routes(folder) if point.routes else None,
                            dataset=point.dataset(folder) if point.dataset else None,
                            tls=certificate() if point.tls else None, http2=point.http2)
        with peers.Running(peer, options.build, options.server_cpu, given) as running:
            serve_files(running, point)
            answer_bytes = check_answers(running, point)
            figures, spent = phases(running, point, seconds, folder, options)
            now, peak = patiently(resident, running.pid)
    if figures["requests"] == 0:
        raise Failed("not one answer")
    return load_figures(figures, spent, now, peak, answer_bytes)


def phases(running, point, seconds, folder, options):
    """Warms the server up and measures; what the clients saw, and what the server spent on it."""
    def spent_on(phase):
        before = patiently(usage.cpu_time, running.pid)
        figures = phase()
        return figures, patiently(usage.cpu_time, running.pid) - before

    by_wrk = options.wrk and wrk_can(point)
    with Clients(options, running.port, point, folder) as clients:
        clients.phase(WARM_SECONDS)
        if not by_wrk:
            return spent_on(lambda: clients.phase(seconds))
    return spent_on(lambda: wrk_phase(options, running.port, point, seconds))


def load_figures(figures, spent, now, peak, answer_bytes):
    requests, seconds = figures["requests"], figures["microseconds"] / 1e6
    user = min(spent.user, spent.total)
    return {
        "value": spent.total / requests * 1e6,
        "user": user / requests * 1e6,
        "system": (spent.total - user) / requests * 1e6,
        "per_second": requests / seconds,
        "connections_per_second": figures["connections"] / seconds,
        "p50": figures["p50"],
        "p99": figures["p99"],
        "resident": now,
        "resident_peak": peak,
        "errors": figures["errors"],
        "answer_bytes": answer_bytes,
        "requests": requests,
        "seconds": seconds,
        "server_busy": spent.total / seconds,
        "client_busy": figures["client_cpu"] / seconds,
    }


def settled(pid):
    """The resident memory once it has stopped changing."""
    before = None
    while (now := patiently(resident, pid)) != before:
        before = now
        time.sleep(0.2)
    return now[0]


def idle(peer, _case, point, options):
    """What the server grows by with connections that asked once and stay silent."""
    count = point.connections
    with peers.Running(peer, options.build, options.server_cpu, peers.Given(http2=point.http2)) as running:
        start = settled(running.pid)
        clients = [idle_memory.connect(running.port, number) for number in range(count)]
        ask = idle_memory.ask_by(point.http2)
        for client in clients:
            ask(client)
        now = settled(running.pid)
        for client in clients:
            client.close()
    return {"value": (now - start) / count, "resident": now, "resident_start": start, "errors": 0}


def lookup(peer, case, point, options):
    """The router alone: its program measures itself and prints what it found."""
    out = peers.directory(peer, options.build)
    with tempfile.TemporaryDirectory() as folder:
        program = peer.command(peers.Start(out=out))[0]
        done = subprocess.run(
            [str(program), "lookup", str(point.routes(folder)), str(options.seconds * case.scale)],
            capture_output=True, text=True, timeout=60, env=peers.environment(peer, options.build),
            preexec_fn=lambda: os.sched_setaffinity(0, {options.server_cpu}))
    figures = {name: float(value) for name, value in re.findall(r"(\w+)=([\d.]+)", done.stdout)}
    if done.returncode != 0 or "nanoseconds" not in figures:
        raise Failed(done.stderr.strip() or "no figures")
    return {"value": figures["nanoseconds"], "allocations": figures["allocations"],
            "allocated_bytes": figures["bytes"], "errors": 0}


KINDS = {"load": load, "idle": idle, "lookup": lookup}


def run(peer, case, point, options):
    """A dictionary of figures; "value" is what the case is about. Raises `Failed` or `peers.Missing`."""
    try:
        return KINDS[case.kind](peer, case, point, options)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise Failed(f"{type(error).__name__}: {error}") from error
