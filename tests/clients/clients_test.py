#!/usr/bin/env python3
"""HTTP from outside, on each back end: clients_test.py --slow PATH [--hello PATH] [--arena PATH]

Waits for start lines, answers and ends of connections, never for time. What is missing here is skipped and named at the
end. Further arguments choose tests: Curl_uring, Stop_epoll.test_second_signal_kills.
"""

import sys

import arena_cases
import http_cases
import life_cases
import tool_cases
from runner import main

CASES = (*http_cases.CASES, *arena_cases.CASES, *life_cases.CASES, *tool_cases.CASES)

if __name__ == "__main__":
    sys.exit(main(__doc__, CASES, ("slow", "hello", "arena")))
