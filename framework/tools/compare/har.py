"""Requests from the recording of a browser (HAR 1.2)."""

import base64
import json
import pathlib
import urllib.parse

from request import Parts, made
from request_file import Malformed, framed_parts

# The connection's, or made again: lengths because a browser may have sent another body than it has recorded.
DROPPED = {"host", "content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te"}


def body_of(request):
    data = request.get("postData") or {}
    text = data.get("text", "")
    if data.get("encoding") == "base64":
        return base64.b64decode(text)
    if not text and data.get("params"):
        return urllib.parse.urlencode([(each["name"], each.get("value", "")) for each in data["params"]]).encode()
    return text.encode()


def read(path, host, rules, origin=None):
    """The requests to `origin` (host and port), by default that of the first entry. Throws Malformed."""
    name = pathlib.Path(path).name
    try:
        entries = json.loads(pathlib.Path(path).read_bytes())["log"]["entries"]
        found = []
        for number, entry in enumerate(entries, 1):
            request = entry["request"]
            url = urllib.parse.urlsplit(request["url"])
            origin = origin or url.netloc
            if url.netloc != origin or url.scheme not in ("http", "https"):
                continue
            target = urllib.parse.urlunsplit(("", "", url.path or "/", url.query, ""))
            fields = [
                (field["name"].encode("latin-1", "replace"), field["value"].encode("latin-1", "replace"))
                for field in request["headers"]
                if not field["name"].startswith(":") and field["name"].lower() not in DROPPED
            ]
            parts = Parts(request["method"].encode(), target.encode(), b"HTTP/1.1", fields, body_of(request))
            framed_parts(parts, host)
            found.append(made(f"{request['method']} {target}", f"{name}:{number}", parts, rules))
        return found
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(f"{name}: not HAR: {type(error).__name__} {error}") from None
