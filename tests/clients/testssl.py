#!/usr/bin/env python3
"""What testssl.sh finds wrong with our HTTPS: testssl.py --httpbin PATH [--key ec|rsa] [--backend auto|uring|epoll]

Starts httpbin on a free port and has its protocols, ciphers, forward secrecy, server defaults and known vulnerabilities
looked at, for one to three minutes. Every finding that is not OK or INFO is a failure, but those that are named here.
"""

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile

from setting import Setting, limit, start
from tls_setting import Certificate, authority

GOOD = ("OK", "INFO")
ACCEPTED = {  # finding and severity -> why it is none of the server's
    ("cert_revocation", "HIGH"): "the authority is made for this run and revokes nothing",
    ("DNS_CAArecord", "LOW"): "localhost has no records in the DNS",
    ("engine_problem", "WARN"): "its OpenSSL has no GOST",
    ("sessionresumption_ticket", "WARN"): "its s_client may leave before a ticket of TLS 1.3 has come; tls_cases.py "
                                          "resumes",
}
# One of each part: without them the scan has ended early.
EXPECTED = {"TLS1_2", "TLS1_3", "cipherlist_STRONG", "PFS", "cipher_order", "cert_chain_of_trust", "cert_trust",
            "heartbleed", "ROBOT", "secure_client_renego", "RC4"}
CHECKS = ("--protocols", "--standard", "--fs", "--server-preference", "--server-defaults", "--vulnerable")


def scan(port):
    """Its findings: dictionaries with id, severity and finding."""
    with tempfile.TemporaryDirectory() as place:
        found = os.path.join(place, "findings.json")
        command = ["testssl", "--quiet", "--warnings", "batch", "--color", "0", "--add-ca", authority().path,
                   "--jsonfile", found, "--ip", "127.0.0.1", *CHECKS, f"localhost:{port}"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit(600),
                              check=False)
        try:
            with open(found, encoding="utf-8") as file:
                return json.load(file)
        except (OSError, ValueError):
            sys.exit(f"testssl.sh failed ({done.returncode}):\n{done.stdout}{done.stderr}")


def judge(findings):
    """Prints what is not good. Returns how many findings are right and how many are wrong."""
    wrong = 0
    for finding in findings:
        name, severity = finding["id"], finding["severity"]
        if severity in GOOD:
            continue
        reason = ACCEPTED.get((name, severity))
        wrong += reason is None
        print(f"{'accepted' if reason else 'FAILED'}: {name}, {severity}: {finding['finding']}"
              + (f" ({reason})" if reason else ""))
    missing = EXPECTED - {finding["id"] for finding in findings}
    for name in sorted(missing):
        print(f"FAILED: {name} was not looked at")
    return len(findings) - wrong, wrong + len(missing)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--httpbin", required=True, help="the program")
    parser.add_argument("--key", choices=("ec", "rsa"), default="ec", help="of the certificate")
    parser.add_argument("--backend", default="auto")
    options = parser.parse_args()
    if shutil.which("testssl") is None:
        return "testssl.sh is not installed (Debian package testssl.sh)"
    Setting.programs = {"httpbin": os.path.abspath(options.httpbin)}
    certificate = Certificate("server", f"scanned-{options.key}", options.key, authority(),
                              serial=1 << 126 | secrets.randbits(126))
    service = start("httpbin", *certificate.flags, backend=options.backend)
    try:
        passed, failed = judge(scan(service.tls_port))
        if service.stop(limit(10)) != 0 or service.errors():
            print(f"FAILED: httpbin has said: {service.errors()}")
            failed += 1
    finally:
        service.kill()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
