#!/usr/bin/env python3
"""Programs that people use as HTTP clients, against our services, on each back end: programs_test.py --gallery PATH
--packed PATH --httpbin PATH

./dev installs them all, so a missing one is a failure. Further arguments choose tests: Wget_uring,
NodeHttp_epoll.test_trailers.
"""

import sys

import curl_cases
import httpbin_cases
import load_cases
import node_cases
import packed_cases
import python_cases
import wget_cases
from runner import main

CASES = (*curl_cases.CASES, *wget_cases.CASES, *python_cases.CASES, *node_cases.CASES, *load_cases.CASES,
         *packed_cases.CASES, *httpbin_cases.CASES)

if __name__ == "__main__":
    sys.exit(main(__doc__, CASES, ("gallery", "packed", "httpbin")))
