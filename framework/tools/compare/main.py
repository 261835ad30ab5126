"""The command line of gyre-compare."""

import argparse
import dataclasses
import pathlib
import shutil
import sys

import har
import mutate
import report
import request_file
from record import record
from request import Rules
from difference import Comparison
from exchange import Exchanges, Server, Unreachable

SAME, DIFFERENT, COULD_NOT_RUN = 0, 1, 2

DESCRIPTION = """\
Sends one set of requests to an old server and to a new one, and shows where their answers differ.
Exit code: 0 for no difference, 1 for differences, 2 if the comparison could not run.
"""


def arguments():
    parser = argparse.ArgumentParser(
        prog="gyre-compare", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("files", nargs="*", metavar="REQUESTS", help="a file of requests, or a recording of a browser (*.har)")
    add("--old", metavar="URL", help="the server that is right, as http://127.0.0.1:8001")
    add("--new", metavar="URL", help="the server that is compared with it")
    add("--host", default="localhost", help="the Host of requests that have none, the same for both (%(default)s)")
    add("--timeout", type=float, default=5.0, metavar="SECONDS", help="for each request (%(default)s)")
    add("--ignore", action="append", default=[], metavar="FIELD", help="do not compare this field, as Date and Server")
    add("--compare", action="append", default=[], metavar="FIELD", help="compare a field that is ignored by default")
    add("--normalise", action="append", default=[], metavar="REGEX -> TEXT", help="on bodies and values of fields")
    add("--framing", action="store_true", help="compare Connection, lengths, framing and interim answers, too")
    add("--body-max", type=int, default=16 << 20, metavar="BYTES", help="of an answer (%(default)s)")
    add("--only", action="append", default=[], metavar="TEXT", help="only requests with this in their names")
    add("--origin", metavar="HOST:PORT", help="which requests of a *.har file; by default those to the first one's")
    add("--generate", type=int, default=0, metavar="N", help="ask also N requests made from those of the files")
    add("--seed", type=int, default=1, help="for --generate (%(default)s)")
    add("--generate-timeout", type=float, default=1.0, metavar="SECONDS", help="for each of those (%(default)s)")
    add("--save", metavar="FILE", help="write the requests that were answered differently to a file")
    add("--record", type=int, metavar="PORT", help="be a proxy on this port in front of --old, and write its requests")
    add("--output", default="requests.txt", metavar="FILE", help="where --record writes them (%(default)s)")
    add("--count", type=int, default=0, metavar="N", help="--record ends after N requests, otherwise by Ctrl-C")
    add("--verbose", action="store_true", help="show differences that were expected, too")
    add("--json", action="store_true", help="print JSON")
    return parser


def chosen(requests, names):
    """Those with one of the names in theirs. Whose predecessor is left out gets a connection of its own."""
    picked, follows = [], False
    for request in requests:
        if any(name in request.title() for name in names):
            if request.rules.keep and not follows:
                request = dataclasses.replace(request, rules=request.rules.copy(keep=False))
            picked.append(request)
            follows = True
        else:
            follows = False
    return picked


def wanted_requests(given):
    requests = []
    for name in given.files:
        if name.endswith(".har"):
            requests += har.read(name, given.host, Rules(), given.origin)
        else:
            requests += request_file.read(name, given.host)
    if given.only:
        requests = chosen(requests, given.only)
    repeated = [
        dataclasses.replace(request, name=f"{request.title()} [{turn + 1}]") if request.rules.repeat > 1 else request
        for request in requests
        for turn in range(request.rules.repeat)
    ]
    if given.generate:
        repeated += mutate.generated(requests, given.generate, given.seed, given.generate_timeout)
    return repeated


def compared(requests, old, new, comparison):
    """The results, in order: each request goes to the old server and then to the new one."""
    results = []
    for request, after in zip(requests, [*requests[1:], None]):
        is_kept_after = after is not None and after.rules.keep
        before, now = old.ask(request, is_kept_after), new.ask(request, is_kept_after)
        differences = comparison.differences(before, now, request.rules)
        results.append(report.judged(request, before, now, differences))
    return results


def save(path, results):
    """The requests that were answered differently, to be looked at one by one."""
    blocks = []
    for result in results:
        if not result.passed:
            shown = result.faults + result.differences
            comment = "\n".join(f"{each.what}: old {each.old}, new {each.new}" for each in shown)
            blocks.append(request_file.block_of(result.request, comment))
    pathlib.Path(path).write_text("\n".join(blocks), encoding="utf-8")


def run_record(given):
    if not given.old:
        raise ValueError("--record needs --old URL")
    server = Server(given.old)
    server.check(given.timeout)

    def announce(port):
        print(f"recording http://127.0.0.1:{port} -> {given.old} in {given.output}", flush=True)

    print(f"{record(server, given.record, given.output, given.count, announce)} requests recorded")
    return SAME


def run(given):
    if given.record is not None:
        return run_record(given)
    comparison = Comparison(
        ignore={name.lower() for name in given.ignore},
        compare={name.lower() for name in given.compare},
        normalise=[request_file.normalisation(text) for text in given.normalise],
        framing=given.framing,
    )
    if not given.old or not given.new:
        raise ValueError("--old URL and --new URL are needed")
    servers = [Server(given.old), Server(given.new)]
    requests = wanted_requests(given)
    if not requests:
        raise ValueError("no requests")
    for server in servers:
        server.check(given.timeout)
    old, new = (Exchanges(server, given.timeout, given.body_max) for server in servers)
    results = compared(requests, old, new, comparison)
    if given.save:
        save(given.save, results)
    if given.json:
        print(report.as_json(results, given.old, given.new))
    else:
        rows = report.table(results, given.verbose, shutil.get_terminal_size((120, 24)).columns)
        print(rows + "\n\n" + report.summary(results) if rows else report.summary(results))
    return SAME if all(result.passed for result in results) else DIFFERENT


def main():
    given = arguments().parse_args()
    try:
        return run(given)
    except (ValueError, OSError, request_file.Malformed, Unreachable) as error:
        print(f"gyre-compare: {error}", file=sys.stderr)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        return COULD_NOT_RUN
