"""What a process and its children have used of the machine, from /proc."""

import os
import pathlib
import re
import time
from typing import NamedTuple

PROC = pathlib.Path("/proc")


class CpuTime(NamedTuple):
    """Seconds. The total is the scheduler's own, to the nanosecond. The split is not: the kernel takes samples at its
    ticks, and gives out hundredths of a second."""

    total: float
    user: float

    def __sub__(self, other):
        return CpuTime(self.total - other.total, self.user - other.user)


class Memory(NamedTuple):
    """Bytes in user space: kernel buffers of sockets count nowhere here."""

    resident: int  # VmRSS: with pages of shared libraries
    private: int  # private clean and dirty: what would be free without this process


def family(pid):
    """The process and all below it."""
    pids = [pid]
    for known in pids:
        for task in threads(known):
            pids += [int(child) for child in (task / "children").read_text().split()]
    return pids


def threads(pid):
    return list((PROC / str(pid) / "task").iterdir())


def cpu_time(pid):
    """Of the family's living threads, io_uring's workers included. Exact only while they sleep: the kernel accounts for
    a running one at its next tick."""
    nanoseconds = user_ticks = 0
    for member in family(pid):
        for task in threads(member):
            nanoseconds += int((task / "schedstat").read_text().split()[0])
            fields = (task / "stat").read_text().rpartition(")")[2].split()
            user_ticks += int(fields[11])  # utime; counted from the field after the name
    return CpuTime(nanoseconds / 1e9, user_ticks / os.sysconf("SC_CLK_TCK"))


def memory(pid):
    status = (PROC / str(pid) / "status").read_text()
    rollup = (PROC / str(pid) / "smaps_rollup").read_text()
    private = sum(int(size) for size in re.findall(r"^Private_(?:Clean|Dirty):\s+(\d+) kB", rollup, re.M))
    return Memory(int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.M)[1]) * 1024, private * 1024)


def peak_memory(pid):
    """VmHWM in bytes: the most that was ever resident."""
    return int(re.search(r"^VmHWM:\s+(\d+) kB", (PROC / str(pid) / "status").read_text(), re.M)[1]) * 1024


def descriptors(pid):
    return len(os.listdir(PROC / str(pid) / "fd"))


def descriptors_after(pid, expected, limit=5.0):
    """How many are open once there are no more than expected, or after `limit` seconds: a server needs a moment to see
    that its clients have left."""
    end = time.monotonic() + limit
    while (count := descriptors(pid)) > expected and time.monotonic() < end:
        time.sleep(0.05)
    return count


def congestion_control():
    return (PROC / "sys/net/ipv4/tcp_congestion_control").read_text().strip()
