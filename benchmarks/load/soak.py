#!/usr/bin/env python3
"""Load for a while, with other clients before, beside and after it: soak.py [--seconds N] [--backends uring,epoll]

wrk keeps 64 connections busy, 16 requests deep, while curl and Python's http.client ask their own. Ends with 1 after
any socket error, an answer that is not a 2xx, a wrong body, an exit code other than 0 or a descriptor left open.
"""

import argparse
import http.client
import shutil
import subprocess
import sys
import time

import servers
import usage
import wrk

SAMPLE_SECONDS = 1.0


class Watch:
    """Memory and descriptors of a process over time."""

    def __init__(self, pid):
        self._pid = pid
        self.samples = []  # (seconds, resident bytes, descriptors)

    def sample(self):
        self.samples.append((time.monotonic(), usage.memory(self._pid).resident, usage.descriptors(self._pid)))

    def slope(self):
        """KiB a minute, by least squares over the later half: in the first, buffers are touched for the first time."""
        later = self.samples[len(self.samples) // 2 :]
        if len(later) < 2:
            return 0.0
        times = [sample[0] for sample in later]
        sizes = [sample[1] for sample in later]
        mean_time, mean_size = sum(times) / len(times), sum(sizes) / len(sizes)
        spread = sum((when - mean_time) ** 2 for when in times)
        lean = sum((when - mean_time) * (size - mean_size) for when, size in zip(times, sizes))
        return lean / spread * 60 / 1024


def ask_with_curl(url):
    """What is wrong, or nothing."""
    if shutil.which("curl") is None:
        return []
    expected = {"/plaintext": "Hello, World!", "/baseline11?a=1&b=2": "3", "/json": '{"message":"Hello, World!"}'}
    problems = []
    for path, body in expected.items():
        done = subprocess.run(["curl", "-sS", "--fail", "--max-time", "10", url + path],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0 or done.stdout != body:
            problems.append(f"curl {path}: exit code {done.returncode}, {done.stdout!r} {done.stderr.strip()}")
    return problems


def ask_with_python(port):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    problems = []
    try:
        for number in range(20):
            client.request("POST", f"/baseline11?a={number}&b=1", body=b"1")
            answer = client.getresponse()
            body = answer.read()
            if answer.status != 200 or body != str(number + 2).encode():
                problems.append(f"http.client: {answer.status} {body!r}")
    except (OSError, http.client.HTTPException) as error:
        problems.append(f"http.client: {error!r}")
    finally:
        client.close()
    return problems


def ask(service):
    return ask_with_curl(service.url) + ask_with_python(service.port)


def load(service, options, watch):
    """Runs wrk; returns what it found and the problems that the others met beside it."""
    problems = []
    process = wrk.start(service.url + "/plaintext", options.seconds,
                        connections=options.connections, depth=options.depth)
    while process.poll() is None:
        watch.sample()
        problems += [f"during the load: {problem}" for problem in ask(service)]
        try:
            process.wait(SAMPLE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
    return wrk.finish(process), problems


def soak(backend, options):
    """Prints what happened; returns the problems."""
    with servers.start(f"arena-{backend}", options.build) as service:
        problems = [f"before the load: {problem}" for problem in ask(service)]
        before = usage.descriptors_after(service.pid, 0, limit=0.5)  # those of the questions above are closed by then
        watch = Watch(service.pid)
        found, during = load(service, options, watch)
        problems += during
        problems += [f"wrk: {count} errors of kind {kind}" for kind, count in found.errors.items()]
        problems += [f"after the load: {problem}" for problem in ask(service)]
        after = usage.descriptors_after(service.pid, before)
        if after > before:
            problems.append(f"{after - before} descriptors more than before the load")
        watch.sample()
        code = service.stop()
        if code != 0 or service.errors():
            problems.append(f"it ended with {code} and said: {service.errors() or 'nothing'}")
    resident = [sample[1] // 1024 for sample in watch.samples]
    print(f"{backend}: {found.requests} requests in {found.seconds:.0f} s ({found.per_second:.0f} a second), "
          f"{sum(found.errors.values())} errors, exit code {code}")
    print(f"  resident memory {resident[0]} KiB at first, {max(resident)} at most, {resident[-1]} at last; "
          f"slope {watch.slope():+.1f} KiB a minute")
    print(f"  descriptors {before} before, {max(sample[2] for sample in watch.samples)} at most, {after} after")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=servers.ROOT / "build", help="the build directory")
    parser.add_argument("--backends", default="uring,epoll")
    parser.add_argument("--seconds", type=int, default=60, help="for each back end")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--depth", type=int, default=16, help="requests in one write")
    options = parser.parse_args()
    if not wrk.installed():
        print(f"SKIPPED: {wrk.MISSING}")
        return 0
    problems = []
    for backend in options.backends.split(","):
        try:
            problems += [f"{backend}: {problem}" for problem in soak(backend, options)]
        except servers.Missing as missing:
            print(f"SKIPPED {backend}: {missing}")
    for problem in problems:
        print(f"FAILED {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
