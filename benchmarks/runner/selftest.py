"""Tests of the parts that measure nothing: statistics, tables, charts, the plan."""

import argparse
import json
import pathlib
import tempfile
import unittest
import xml.dom.minidom

import peers  # first: it makes load/ importable
import articles
import main
import measure
import plots
import report
import stats
from cases import CASES


def made(peer, values, case="plaintext", x=0, **more):
    return [{"case": case, "x": x, "round": number, "peer": peer, "value": value, "user": value / 4, "per_second": 1e5,
             "p50": 100, "p99": 200, "resident": 1 << 20, "resident_peak": 2 << 20, "errors": 0, **more}
            for number, value in enumerate(values)]


def document(runs):
    return {"machine": {"Kernel": "6.1 " + "long " * 40}, "method": ["word " * 60], "versions": {"gyre": "1"},
            "skipped": ["nginx: needs the Debian package nginx-light"], "runs": runs}


class Statistics(unittest.TestCase):
    def test_a_ratio_is_taken_within_a_round(self):
        runs = made("gyre", [2.0, 20.0, 4.0]), made("nginx", [1.0, 10.0, 1.0])
        self.assertEqual(stats.ratio(*runs), 2.0)

    def test_rounds_that_only_one_has_do_not_count(self):
        self.assertEqual(stats.ratio(made("gyre", [3.0, 9.0]), made("nginx", [1.0])), 3.0)
        self.assertIsNone(stats.ratio(made("gyre", [3.0]), []))

    def test_a_row_has_median_spread_and_ratios(self):
        runs = {"gyre": made("gyre", [3.0, 1.0, 2.0]), "floor": made("floor", [1.0, 1.0, 1.0])}
        row = stats.row(runs, "gyre")
        self.assertEqual((row["value"], row["min"], row["max"], row["to_floor"]), (2.0, 1.0, 3.0, 2.0))
        self.assertIsNone(row["to_nginx"])

    def test_the_load_generator_is_the_limit_only_while_the_server_has_time(self):
        self.assertTrue(stats.client_limited({"client_busy": 0.97, "server_busy": 0.8}))
        self.assertFalse(stats.client_limited({"client_busy": 0.97, "server_busy": 0.99}))
        self.assertFalse(stats.client_limited({"client_busy": 0.9, "server_busy": 0.8}))
        self.assertFalse(stats.client_limited({}))

    def test_what_was_worse_leaves_out_noise_floors_and_ourselves(self):
        runs = {name: made(name, [value]) for name, value in
                (("gyre", 2.0), ("gyre-epoll", 1.0), ("floor", 1.0), ("nginx", 1.95), ("h2o", 1.0), ("go", 3.0))}
        lost = stats.worse(runs, stats.rows(runs))
        self.assertEqual(lost, [("value", "gyre", "h2o", 2.0)])

    def test_latency_and_memory_count_too(self):
        runs = {"gyre": made("gyre", [1.0], p99=900, resident_peak=4 << 20), "go": made("go", [3.0])}
        self.assertEqual({what for what, *_ in stats.worse(runs, stats.rows(runs))}, {"p99", "resident_peak"})

    def test_figures_are_per_request(self):
        spent = measure.usage.CpuTime(total=2.0, user=0.5)
        figures = {"requests": 1000, "microseconds": 4_000_000, "connections": 8, "p50": 1, "p99": 2, "errors": 0,
                   "client_cpu": 1.0}
        found = measure.load_figures(figures, spent, 1, 2, 100)
        self.assertEqual((found["value"], found["user"], found["system"]), (2000.0, 500.0, 1500.0))
        self.assertEqual((found["per_second"], found["server_busy"], found["client_busy"]), (250.0, 0.5, 0.25))


class Reports(unittest.TestCase):
    def setUp(self):
        self.runs = made("gyre", [1.0, 2.0]) + made("nginx", [3.0, 2.5], errors=2)
        for point in CASES["connections"].points:
            self.runs += made("gyre", [point.x / 64], "connections", point.x)
            self.runs += made("go", [9.0], "connections", point.x)
        self.runs += [{"case": "github", "x": 203, "round": 0, "peer": "gyre-routes", "value": 60.0, "allocations": 0,
                       "allocated_bytes": 0, "errors": 0}]

    def test_the_page_is_narrow_outside_of_tables_and_names_what_is_missing(self):
        lines = report.page(document(self.runs), with_charts=True)
        self.assertLessEqual(max(len(line) for line in lines), report.COLUMNS_MAX)
        text = "\n".join(lines)
        for words in ("nginx-light", "4 errors", "![connections](connections.svg)", "Connections: 10,000"):
            self.assertIn(words, text)

    def test_charts_are_xml(self):
        charts = report.charts(self.runs)
        self.assertEqual(set(charts), {"plaintext.svg", "connections.svg", "github.svg"})
        for text in charts.values():
            xml.dom.minidom.parseString(text)

    def test_everything_is_written(self):
        with tempfile.TemporaryDirectory() as folder:
            report.write(document(self.runs), folder, with_charts=True)
            report.write_json(document(self.runs), pathlib.Path(folder) / "results.json")
            names = {path.name for path in pathlib.Path(folder).iterdir()}
        self.assertLessEqual({"results.md", "results.json", "plaintext.svg", "connections.svg"}, names)

    def test_ticks_reach_the_most(self):
        for most in (0.003, 0.7, 1, 9.9, 10, 12345):
            scale = plots.ticks(most)
            self.assertGreaterEqual(scale[-1], most * 0.999999)
            self.assertLessEqual(len(scale), 7)
        self.assertEqual(plots.decades(3, 4000), [1, 10, 100, 1000, 10000])

    def test_labels_are_moved_apart(self):
        moved = plots.spread([100, 101, 102, 300], 15, 0, 310)
        self.assertEqual(moved, [100, 115, 130, 300])


class Plans(unittest.TestCase):
    def options(self, **more):
        own = dict(cases=[], peers=None, quick=False, rounds=3, seconds=2.0, descriptors=24_000)
        return argparse.Namespace(**{**own, **more})

    def test_rounds_alternate_their_order(self):
        ready = [peers.PEERS[name] for name in ("gyre", "nginx")]
        steps, skipped = main.plan(ready, self.options(cases=["plaintext"], rounds=2))
        self.assertEqual([peer.name for *_, peer in steps], ["gyre", "nginx", "nginx", "gyre"])
        self.assertEqual(skipped, [])

    def test_the_default_stays_in_its_time(self):
        steps, _ = main.plan(list(peers.PEERS.values()), self.options())
        self.assertLess(main.estimate(steps, self.options()), 15.2 * 60)

    def test_a_quick_run_stays_in_its_time(self):
        options = self.options(quick=True, rounds=1, seconds=0.6)
        steps, _ = main.plan(main.choose_peers(options), options)
        self.assertLess(main.estimate(steps, options), 2 * 60)

    def test_who_cannot_hold_so_many_connections_is_left_out(self):
        steps, skipped = main.plan([peers.PEERS["httplib"]], self.options(cases=["idle"]))
        self.assertEqual(steps, [])
        self.assertIn("100 connections", skipped[0])

    def test_articles_are_priced(self):
        with tempfile.TemporaryDirectory() as folder:
            dataset = json.loads(articles.write_dataset(folder).read_text(encoding="utf-8"))
        answer = json.loads(articles.answer(7, 3))
        self.assertEqual((len(dataset), answer["count"], len(answer["items"])), (50, 7, 7))
        for article, priced in zip(dataset, answer["items"]):
            self.assertEqual(priced, {**article, "total": article["price"] * article["quantity"] * 3})

    def test_a_case_with_tls_is_for_those_who_can(self):
        case = CASES["json-tls"]
        self.assertTrue(case.points[0].tls)
        self.assertEqual({peer.name for peer in peers.PEERS.values() if case.needs in peer.can},
                         {"gyre", "gyre-epoll", "nginx", "go", "node"})

    def test_what_a_case_gives_a_server(self):
        start = peers.Start(out=pathlib.Path("/build/peers/gyre"), port=1, dataset=pathlib.Path("/dataset"))
        self.assertEqual(start.environment(), {"DATASET_PATH": "/dataset"})
        self.assertEqual(peers.PEERS["gyre"].command(start)[1:3], ["--port", 1])

    def test_githubs_api_is_whole(self):
        path = CASES["github"].points[0].routes(None)
        lines = path.read_text(encoding="utf-8").splitlines()
        self.assertEqual((len(lines), len(set(lines))), (203, 203))

    def test_routes_are_as_many_as_asked_for(self):
        with tempfile.TemporaryDirectory() as folder:
            for point in CASES["routes"].points:
                lines = point.routes(folder).read_text(encoding="utf-8").splitlines()
                self.assertEqual(len(set(lines)), point.x)


if __name__ == "__main__":
    unittest.main()
