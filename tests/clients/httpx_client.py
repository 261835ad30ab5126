"""What httpx sees of a server: /usr/bin/python3 httpx_client.py CASE URL [ARGUMENT].

A program of its own because Debian's httpx belongs to Debian's Python, which need not be the one that runs the tests.
Prints facts as JSON, which python_cases.py judges.
"""

import hashlib
import json
import os
import sys

import httpx


def digest(client, path):
    total = hashlib.sha256()
    with client.stream("GET", path) as answer:
        for piece in answer.iter_bytes():
            total.update(piece)
        return {"status": answer.status_code, "headers": dict(answer.headers), "digest": total.hexdigest()}


def pieces_of(path):
    with open(path, "rb") as file:
        while piece := file.read(50_000):
            yield piece


def keep_alive(client, _):
    answers = [client.get("/plaintext") for _ in range(5)] + [client.post("/plaintext", content=b"posted")]
    ports = {answer.extensions["network_stream"].get_extra_info("client_addr")[1] for answer in answers}
    return {"bodies": [answer.text for answer in answers], "connections": len(ports)}


def head(client, _):
    answer = client.head("/plaintext")
    return {"status": answer.status_code, "length": answer.headers["content-length"], "body": answer.text}


def connection_close(client, _):
    answer = client.get("/plaintext", headers={"Connection": "close"})
    return {"body": answer.text, "connection": answer.headers["connection"]}


def post_with_length(client, path):
    with open(path, "rb") as file:
        return {"body": client.post("/upload", content=file.read()).text}


def chunked_upload(client, path):
    answer = client.post("/upload", content=pieces_of(path))
    return {"sent": answer.request.headers["transfer-encoding"], "body": answer.text}


def expects_continue(client, path):
    answer = client.post("/upload", content=pieces_of(path), headers={"Expect": "100-continue"})
    return {"body": answer.text}


def refused_while_sending(client, path):
    return {"status": client.post("/small", content=pieces_of(path)).status_code}


def download_with_length(client, path):
    return digest(client, f"/file?path={path}")


def chunked_download(client, path):
    return digest(client, f"/chunked?path={path}")


def lines(client, _):
    with client.stream("GET", "/lines/1000") as answer:
        return {"lines": list(answer.iter_lines())}


def early_hints(client, _):
    answer = client.get("/hints")
    return {"status": answer.status_code, "body": answer.text}


def aborted_download(client, path):
    try:
        client.get(path)
    except httpx.HTTPError as failure:
        return {"error": type(failure).__name__}
    return {"error": None}


def unix_socket(_, path):
    with httpx.Client(transport=httpx.HTTPTransport(uds=path), base_url="http://a") as client:
        return {"body": client.get("/plaintext").text}


CASES = (keep_alive, head, connection_close, post_with_length, chunked_upload, expects_continue, refused_while_sending,
         download_with_length, chunked_download, lines, early_hints, aborted_download, unix_socket)


def check_version(answer, http2):
    if answer.http_version != ("HTTP/2" if http2 else "HTTP/1.1"):
        raise AssertionError(answer.http_version)


def main():
    chosen, url, *argument = sys.argv[1:]
    case = next(each for each in CASES if each.__name__ == chosen)
    trusted = os.environ.get("SSL_CERT_FILE", True)
    http2 = "HTTPX_HTTP2" in os.environ  # then nothing else
    with httpx.Client(base_url=url, timeout=10, trust_env=False, verify=trusted, http1=not http2, http2=http2,
                      event_hooks={"response": [lambda answer: check_version(answer, http2)]}) as client:
        print(json.dumps(case(client, *argument or [None])))


if __name__ == "__main__":
    main()
