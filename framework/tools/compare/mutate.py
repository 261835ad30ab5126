"""Requests that nobody wrote: those of a file with something about them changed, the same for the same seed."""

import random

from request import Request
from request_file import chunked

METHODS = [b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"PROPFIND", b"get", b"X-Y"]
SEGMENTS = [b"%20", b"%2F", b"%2e%2e", b"..", b".", b"", b"+", b"%00", b"%zz", b"%C3%BC", b"%FF", b"~", b";v=1", b"a b"]
QUERIES = [
    b"?", b"?a", b"?a=", b"?=b", b"?a=1&a=2", b"?a=b=c", b"?&&a=1&", b"?a=%26", b"?a=+x+", b"?a=%zz", b"?a=1?b=2",
    b"?%61=1", b"?a=%C3%A4", b"?a[]=1&a[]=2", b"?" + b"a=1&" * 200,
]
VALUES = [b"", b"x", b" ", b"a, b", b"a;b=c", b'"quoted"', b"0", b"-1", b"99999999999999999999", b"\xff", b"x" * 3000]
FIELDS = [
    (b"Accept", b"*/*;q=0"), (b"Accept", b"text/html, application/json;q=0.5"), (b"Accept-Encoding", b"gzip"),
    (b"Accept-Encoding", b"identity;q=0, *;q=0"), (b"Range", b"bytes=0-3"), (b"Range", b"bytes=-2"),
    (b"Range", b"bytes=5-2"), (b"Range", b"bytes=0-0,2-3"), (b"Range", b"lines=1-2"), (b"Range", b"bytes=99999-"),
    (b"If-Modified-Since", b"Thu, 01 Jan 1970 00:00:00 GMT"), (b"If-None-Match", b"*"), (b"If-Match", b'"x"'),
    (b"Content-Type", b"application/json"), (b"Content-Type", b"application/x-www-form-urlencoded"),
    (b"Content-Type", b"multipart/form-data"), (b"Content-Type", b"multipart/form-data; boundary=x"),
    (b"Content-Type", b"text/plain; charset=latin1"), (b"Content-Encoding", b"gzip"), (b"Cookie", b"a=1; b; =c"),
    (b"Authorization", b"Basic !!!"), (b"X-Forwarded-For", b"10.0.0.1"), (b"X-HTTP-Method-Override", b"DELETE"),
    (b"Connection", b"close"), (b"Connection", b"keep-alive"), (b"Expect", b"200-ok"), (b"TE", b"trailers"),
]
FRAMING = {b"content-length", b"transfer-encoding"}  # stays right: each request is one, with an end
BODIES = [b"", b"x", b"a=1&b=2", b"a=%zz&&=", b'{"a":', b"null", b"\x00\xff", b"x" * 9000, b"--x\r\n\r\n\r\n--x--\r\n"]


def method(parts, chance):
    return parts.copy(method=chance.choice(METHODS))


def segment(parts, chance):
    path, mark, query = parts.target.partition(b"?")
    segments = path.split(b"/")
    at = chance.randrange(1, len(segments) + 1) if len(segments) > 1 else 1
    segments[at:at] = [chance.choice(SEGMENTS)]
    return parts.copy(target=b"/".join(segments) + mark + query)


def path_case(parts, chance):
    at = chance.randrange(len(parts.target))
    return parts.copy(target=parts.target[:at] + parts.target[at : at + 1].swapcase() + parts.target[at + 1 :])


def slash(parts, chance):
    path, mark, query = parts.target.partition(b"?")
    path = path.rstrip(b"/") if path.endswith(b"/") and len(path) > 1 else path + b"/"
    return parts.copy(target=path + mark + query)


def query(parts, chance):
    return parts.copy(target=parts.target.partition(b"?")[0] + chance.choice(QUERIES))


def absolute(parts, chance):
    return parts.copy(target=b"http://localhost" + parts.target)


def added_field(parts, chance):
    changed = parts.copy()
    changed.fields.append(chance.choice(FIELDS))
    return changed


def changed_field(parts, chance):
    changed = parts.copy()
    free = [at for at, (name, _) in enumerate(parts.fields) if name.lower() not in FRAMING | {b"host"}]
    if free:
        at = chance.choice(free)
        changed.fields[at] = (changed.fields[at][0], chance.choice(VALUES))
    return changed


def dropped_field(parts, chance):
    changed = parts.copy()
    free = [at for at, (name, _) in enumerate(parts.fields) if name.lower() not in FRAMING]
    if free:
        del changed.fields[chance.choice(free)]
    return changed


def doubled_field(parts, chance):
    changed = parts.copy()
    free = [field for field in parts.fields if field[0].lower() not in FRAMING | {b"host"}]
    if free:
        changed.fields.append(chance.choice(free))
    return changed


def name_case(parts, chance):
    return parts.copy(fields=[(name.upper() if chance.random() < 0.5 else name.lower(), value)
                              for name, value in parts.fields])


def body(parts, chance):
    return with_body(parts, chance.choice(BODIES))


def cut_body(parts, chance):
    return with_body(parts, parts.body[: chance.randrange(len(parts.body) + 1)])


def with_body(parts, data):
    fields = [field for field in parts.fields if field[0].lower() not in FRAMING]
    return parts.copy(body=data, fields=[*fields, (b"Content-Length", b"%d" % len(data))])


def chunked_body(parts, chance):
    fields = [field for field in parts.fields if field[0].lower() not in FRAMING]
    data = chunked(parts.body, chance.choice([1, 3, 1000]))
    return parts.copy(body=data, fields=[*fields, (b"Transfer-Encoding", b"chunked")])


def old_version(parts, chance):
    return parts.copy(version=b"HTTP/1.0")


MUTATIONS = [
    method, segment, path_case, slash, query, query, absolute, added_field, added_field, changed_field, dropped_field,
    doubled_field, name_case, body, cut_body, chunked_body, old_version,
]


def generated(requests, count, seed, timeout):
    """`count` requests, each one of `requests` with one to three changes. Raw ones are left out."""
    sources = [request for request in requests if request.parts and not request.rules.keep]
    if not sources:
        raise ValueError("--generate needs requests that are not raw")
    chance = random.Random(seed)
    found = []
    for number in range(1, count + 1):
        source = chance.choice(sources)
        parts, names = source.parts, []
        for mutation in chance.choices(MUTATIONS, k=chance.choice([1, 1, 2, 3])):
            parts = mutation(parts, chance)
            names.append(mutation.__name__)
        rules = source.rules.copy(
            expect_difference=None, expect_old=None, expect_new=None, repeat=1,
            timeout=min(timeout, source.rules.timeout or timeout),
        )
        name = f"generated {number} of {source.title()}: {', '.join(names)}"
        found.append(Request(name, source.place, parts.head(), parts.body, rules))
    return found
