#!/usr/bin/env python3
"""HTTPS with the programs that people use as clients, on each back end: tls_test.py --gallery PATH --httpbin PATH

Further arguments choose tests: Openssl_uring, CurlTls_epoll.test_keep_alive.
"""

import sys

import tls_cases
import tls_life_cases
import tls_same_cases
from runner import main

CASES = (*tls_cases.CASES, *tls_life_cases.CASES, *tls_same_cases.CASES)

if __name__ == "__main__":
    sys.exit(main(__doc__, CASES, ("gallery", "httpbin")))
