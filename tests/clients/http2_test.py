#!/usr/bin/env python3
"""HTTP/2 with the programs that people use as clients, on each back end: http2_test.py --gallery PATH --slow PATH

Further arguments choose tests: CurlHttp2_uring, NodeHttp2Tls_epoll.test_trailers.
"""

import sys

import h2_browser_cases
import h2_curl_cases
import h2_life_cases
import h2_node_cases
import h2_python_cases
import h2_tool_cases
from runner import main

CASES = (*h2_curl_cases.CASES, *h2_tool_cases.CASES, *h2_python_cases.CASES, *h2_node_cases.CASES,
         *h2_browser_cases.CASES, *h2_life_cases.CASES)

if __name__ == "__main__":
    sys.exit(main(__doc__, CASES, ("gallery", "slow")))
