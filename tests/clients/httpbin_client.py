"""What requests or httpx see of examples/httpbin: /usr/bin/python3 httpbin_client.py requests|httpx CASE URL.

A program of its own because Debian's libraries belong to Debian's Python, which need not be the one that runs the
tests. Prints facts as JSON, which httpbin_cases.py judges.
"""

import json
import os
import sys

TRUSTED = os.environ.get("SSL_CERT_FILE", True)


class Requests:
    def __init__(self, base):
        import requests
        from requests.auth import HTTPDigestAuth

        self.base = base
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = TRUSTED
        self.digest = HTTPDigestAuth

    def ask(self, method, path, **options):
        return self.session.request(method, self.base + path, timeout=30, **options)

    def lines(self, path):
        with self.session.get(self.base + path, stream=True, timeout=30) as answer:
            return [line.decode() for line in answer.iter_lines()]

    def path_of(self, answer):
        return answer.request.path_url

    def cookies(self):
        return self.session.cookies.get_dict()


class Httpx:
    def __init__(self, base):
        import httpx

        self.client = httpx.Client(base_url=base, trust_env=False, follow_redirects=True, timeout=30, verify=TRUSTED)
        self.digest = httpx.DigestAuth

    def ask(self, method, path, **options):
        return self.client.request(method, path, **options)

    def lines(self, path):
        with self.client.stream("GET", path) as answer:
            return [line.strip() for line in answer.iter_lines()]

    def path_of(self, answer):
        return answer.url.path

    def cookies(self):
        return dict(self.client.cookies)


def methods(client):
    sent = {"GET": "/get", "POST": "/post", "PUT": "/put", "PATCH": "/patch", "DELETE": "/delete"}
    return {
        "args": client.ask("GET", "/get", params={"a": ["1", "2"]}).json()["args"],
        "json": client.ask("POST", "/post", json={"x": [1, 2]}).json()["json"],
        "form": client.ask("POST", "/post", data={"a": "1"}).json()["form"],
        "files": client.ask("PUT", "/put", files={"file": ("f.txt", b"of text", "text/plain")}).json()["files"],
        "methods": [client.ask(method, "/anything").json()["method"]
                    for method, path in sent.items() if client.ask(method, path).status_code == 200],
    }


def redirects_and_cookies(client):
    answer = client.ask("GET", "/redirect/3")
    client.ask("GET", "/cookies/set", params={"tide": "high"})
    return {
        "redirects": len(answer.history),
        "path": client.path_of(answer),
        "cookies": client.ask("GET", "/cookies").json()["cookies"],
        "removed": client.ask("GET", "/cookies/delete?tide").json()["cookies"],
    }


def authentication(client):
    facts = {"basic": client.ask("GET", "/basic-auth/ada/pass", auth=("ada", "pass")).json()}
    for case in ("auth/MD5", "auth/SHA-256", "auth/SHA-512"):
        qop, algorithm = case.split("/")
        answer = client.ask("GET", f"/digest-auth/{qop}/ada/pass/{algorithm}", auth=client.digest("ada", "pass"))
        facts[case] = answer.json() if answer.status_code == 200 else answer.status_code
    facts["bad"] = client.ask("GET", "/digest-auth/auth/ada/pass", auth=client.digest("ada", "bad")).status_code
    return facts


def codings(client):
    return {"gzip": client.ask("GET", "/gzip").json()["gzipped"],
            "deflate": client.ask("GET", "/deflate").json()["deflated"]}


def streams(client):
    whole = client.ask("GET", "/bytes/5000?seed=3").content
    return {
        "ids": [json.loads(line)["id"] for line in client.lines("/stream/3")],
        "bytes": len(whole),
        "same": client.ask("GET", "/stream-bytes/5000?seed=3&chunk_size=100").content == whole,
        "drip": client.ask("GET", "/drip?duration=0.1&numbytes=4").text,
    }


def statuses_and_images(client):
    image = client.ask("GET", "/image", headers={"Accept": "image/png"})
    return {
        "statuses": [client.ask("GET", f"/status/{code}").status_code for code in (204, 404, 418, 503)],
        "image": image.content[:8].hex(),
        "type": image.headers["content-type"],
        "etag": client.ask("GET", "/etag/a", headers={"If-None-Match": '"a"'}).status_code,
    }


def main():
    _, library, case, base = sys.argv
    client = {"requests": Requests, "httpx": Httpx}[library](base)
    cases = (methods, redirects_and_cookies, authentication, codings, streams, statuses_and_images)
    print(json.dumps({each.__name__: each for each in cases}[case](client)))


if __name__ == "__main__":
    main()
