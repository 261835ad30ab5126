"""A load generator and a browser, which ./dev does not install."""

import os
import re
import tempfile

from setting import ArenaCase


class Tools(ArenaCase):
    def wrk(self, *arguments):
        output = self.run_tool([self.tool("wrk"), "-t1", "-c64", "-d1s", *arguments, self.service.url + "/plaintext"])
        self.assertNotIn("Socket errors", output)
        self.assertNotIn("Non-2xx", output)
        self.assertGreater(int(re.search(r"(\d+) requests in", output)[1]), 0, output)

    def test_wrk(self):
        self.wrk()

    def test_wrk_with_16_pipelined(self):
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write("init = function()\n"
                         "  local batch = string.rep(wrk.format(), 16)\n"
                         "  request = function() return batch end\n"
                         "end\n")
            script.flush()
            self.wrk("-s", script.name)

    def test_browser(self):
        browser = self.tool("chromium", "chromium-headless-shell", "google-chrome")
        with tempfile.TemporaryDirectory() as profile:
            page = self.run_tool([browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                                  f"--user-data-dir={profile}", self.service.url + "/plaintext"],
                                 env=dict(os.environ, HOME=profile))
        self.assertIn("Hello, World!", page)


CASES = (Tools,)
