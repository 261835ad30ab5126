"""From runs to rows: medians, spreads, and ratios within a round."""

import statistics

# Below it two figures count as equal: the same program moves by as much between runs, and its latency by more.
EQUAL = 1.10
EQUAL_BY_NAME = {"p99": 1.25}
CLIENT_BUSY = 0.95

MEDIANS = ("value", "user", "system", "per_second", "p50", "p99", "resident", "resident_peak", "answer_bytes",
           "allocations", "allocated_bytes", "server_busy", "client_busy", "connections_per_second")


def by_point(runs):
    """(case, x) -> peer -> its runs, all in the order in which they came."""
    points = {}
    for run in runs:
        points.setdefault((run["case"], run["x"]), {}).setdefault(run["peer"], []).append(run)
    return points


def ratio(own, other):
    """The median of the ratios of the same round, so that a machine that slows down in between touches both sides.
    None if they have no round in common."""
    theirs = {run["round"]: run["value"] for run in other}
    ratios = [run["value"] / theirs[run["round"]] for run in own if theirs.get(run["round"], 0) > 0]
    return statistics.median(ratios) if ratios else None


def client_limited(run):
    """The load generator had no more to give, while the server had."""
    client, server = run.get("client_busy", 0), run.get("server_busy", 1)
    return client > CLIENT_BUSY and server < client


def row(runs, peer):
    """One peer's line of a table, from all peers' runs of a point."""
    own = runs[peer]
    values = [run["value"] for run in own]
    found = {name: statistics.median(run[name] for run in own) for name in MEDIANS if all(name in run for run in own)}
    found.update(
        min=min(values), max=max(values), rounds=len(own), errors=sum(run.get("errors", 0) for run in own),
        to_floor=ratio(own, runs["floor"]) if "floor" in runs else None,
        to_nginx=ratio(own, runs["nginx"]) if "nginx" in runs else None,
        client_limited=sum(map(client_limited, own)) * 2 > len(own),
    )
    return found


def rows(runs):
    """peer -> row."""
    return {peer: row(runs, peer) for peer in runs}


def is_ours(peer):
    return peer.startswith("gyre")


def worse(runs, found):
    """Where a peer that does the same work beats ours by more than noise: (what, ours, peer, ratio), worst first."""
    ours = "gyre" if "gyre" in found else "gyre-routes"
    if ours not in found:
        return []
    lost = []
    for peer, other in found.items():
        if is_ours(peer) or peer.startswith("floor"):
            continue
        times = ratio(runs[ours], runs[peer])
        if times is not None and times > EQUAL:
            lost.append(("value", ours, peer, times))
        for name in ("p99", "resident_peak"):
            if other.get(name, 0) > 0 and found[ours].get(name, 0) / other[name] > EQUAL_BY_NAME.get(name, EQUAL):
                lost.append((name, ours, peer, found[ours][name] / other[name]))
    return sorted(lost, key=lambda entry: -entry[3])
