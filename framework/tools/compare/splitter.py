"""Finds the ends of requests in what a client sends."""

import re

LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d+)[ \t]*\r?$", re.I | re.M)
CHUNKED = re.compile(rb"^transfer-encoding[ \t]*:[^\n]*chunked", re.I | re.M)
CHUNK = re.compile(rb"([0-9a-fA-F]+)[^\n]*\n")
HEAD_END = re.compile(rb"\r?\n\r?\n")


def head_end(data):
    """The length of the head at the beginning of `data`, empty lines before it included; none if it has no end yet."""
    start = len(data) - len(data.lstrip(b"\r\n"))
    found = HEAD_END.search(data, start)
    return found.end() if found else None


def chunks_end(data, start):
    """Where a chunked body ends, None if it has not ended yet; ValueError if it is none."""
    while True:
        found = CHUNK.match(data, start)
        if not found:
            if len(data) - start > 1024:
                raise ValueError
            return None
        length = int(found[1], 16)
        if length == 0:
            end = data.find(b"\n", found.end())
            while end >= 0:
                if data[found.end() : end].strip(b"\r\n") == b"" or data[: end + 1].endswith((b"\r\n\r\n", b"\n\n")):
                    return end + 1
                end = data.find(b"\n", end + 1)
            return None
        start = found.end() + length
        end = data.find(b"\n", start)
        if end < 0:
            return None
        if data[start:end].strip(b"\r"):
            raise ValueError
        start = end + 1


def request_end(data):
    """The length of the first request in `data`; None if it has not ended yet; ValueError if that cannot be told."""
    end = head_end(data)
    if end is None:
        return None
    head = data[:end]
    if CHUNKED.search(head):
        return chunks_end(data, end)
    length = LENGTH.search(head)
    end += int(length[1]) if length else 0
    return end if len(data) >= end else None


def methods_of(data):
    """The methods of the requests in `data`, as far as they can be told."""
    methods = []
    while data:
        methods.append(data.lstrip(b"\r\n").split(b" ", 1)[0])
        try:
            end = request_end(data)
        except ValueError:
            break
        if not end:
            break
        data = data[end:]
    return methods
