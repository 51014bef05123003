"""Command of the auditor: check every hash, recompute the official result from the cells, and draw the shares again.

python3 verify.py HASH            the hash that the memo prints
python3 verify.py HASH --draws N  more draws, a smaller sampling error; 0 leaves the draws out
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from selection.proof.auditor.draws import DesignWeights, Drawn
from selection.proof.auditor.estimates import CellEstimate, NotCovered, Plain
from selection.proof.auditor.official import Official, criteria_of

MANIFEST = "manifest.sha256"
DRAWS = 50_000
ERRORS, ROUNDED = 5.0, 0.005
"""Tolerance of a share: five standard errors of both samples, and half a point, since stored ones come from tables."""

DIGITS = 1.5e-9
"""Tolerance of a score, which is stored with nine decimals: machines differ in the last bits of a logarithm."""


class Report:
    """Findings in the order of the checks; each is printed at once."""

    def __init__(self) -> None:
        self.faults = 0

    def check(self, what: str, faults: list[str]) -> None:
        print(("OK     " if not faults else "FAULT  ") + what)
        for fault in faults[:10]:
            print(f"       {fault}")
        if len(faults) > 10:
            print(f"       and {len(faults) - 10} more")
        self.faults += len(faults)


# ---- hashes --------------------------------------------------------------------------------------------------------


def hash_faults(folder: Path, stated: str) -> Iterator[str]:
    """Yield each file that differs from the manifest, and a manifest that is not the one that the memo names."""
    data = (folder / MANIFEST).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if stated and found != stated.strip().lower():
        yield f"The manifest is {found}, not {stated}."
    listed = {name: sha256 for sha256, _, name in (line.partition("  ") for line in data.decode().splitlines())}
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {MANIFEST}
    for name in sorted(names | set(listed)):
        path = folder / name
        if name not in listed:
            yield f"{name} is not in the manifest."
        elif not path.is_file():
            yield f"{name} is missing."
        elif hashlib.sha256(path.read_bytes()).hexdigest() != listed[name]:
            yield f"{name} was changed."


# ---- cells ---------------------------------------------------------------------------------------------------------


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cell_faults(folder: Path, model: Plain, snapshot: Plain, run: Plain) -> Iterator[str]:
    """Yield each number of the snapshot that is not that of its cell, or of its ratings, or that has none."""
    year = int(run["reference_date"][:4])
    complements = {(c["key"], s["key"]): bool(s.get("complement")) for c in criteria_of(model) for s in _series_of(c)}
    cells: dict[tuple[str, ...], Any] = {}
    for row in read_csv(folder / "cells.csv"):
        criterion, series, country = row["criterion"], row["series"], row["country"]
        if row["use"] == "grouping":
            cells["grouping", criterion, country] = row["label"]
            continue
        first = next((key for of, key in complements if of == criterion), "")
        whole = complements.get((criterion, series or first), False)
        where = (row["use"], criterion, series, country)
        cells[(*where, "age")] = float(year - int(row["year"]))
        if row["label"]:
            cells[(*where, "label")] = row["label"]
        else:
            cells[(*where, "value")] = 100.0 - float(row["value"]) if whole else float(row["value"])
        if row["standard_error"]:
            cells[(*where, "error")] = float(row["standard_error"])
    for criterion, country, steps in _rated(folder):
        cells["value", criterion, "", country, "value"] = float(statistics.median(steps))
        if len(steps) > 1:
            cells["value", criterion, "", country, "error"] = statistics.stdev(steps)
    held = dict(_held(snapshot))
    for key in sorted(held.keys() | cells.keys()):
        one, other = held.get(key), cells.get(key)
        if one != other:
            yield f"{' '.join(filter(None, key))}: {one} in the snapshot, {other} by its cell."


def _series_of(criterion: Plain) -> list[Plain]:
    return list((criterion.get("estimate") or {}).get("series", ()))


def _rated(folder: Path) -> Iterator[tuple[str, str, list[int]]]:
    found: dict[tuple[str, str], list[int]] = {}
    for row in read_csv(folder / "ratings.csv"):
        found.setdefault((row["criterion"], row["country"]), []).append(int(row["step"]))
    for (criterion, country), steps in found.items():
        yield criterion, country, steps


def _held(snapshot: Plain) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the key and the value of every number and label that the snapshot holds."""
    names = {"values": "value", "labels": "label", "ages": "age", "standard_errors": "error"}
    for key, column in snapshot["columns"].items():
        for field, name in names.items():
            for country, value in column.get(field, {}).items():
                yield ("value", key, "", country, name), value
    for key, series in snapshot.get("series", {}).items():
        for part, values in series.items():
            for field, name in names.items():
                for country, value in values.get(field, {}).items():
                    yield ("series", key, part, country, name), value
    for name, labels in snapshot["groupings"].items():
        for country, label in labels.items():
            yield ("grouping", name, country), label


# ---- the official result -------------------------------------------------------------------------------------------


def near(stated: float | None, found: float | None, tolerance: float = DIGITS) -> bool:
    if stated is None or found is None:
        return stated is found
    return abs(stated - found) <= tolerance * max(1.0, abs(stated))


def rank_faults(official: Official, results: Plain) -> Iterator[str]:
    for code, stated in results["countries"].items():
        pairs = (
            ("status", stated["status"], official.statuses[code]),
            ("rank", stated["rank"], official.ranks.get(code)),
            ("place", results["places"][code]["place"], official.place(code)),
            ("missing evidence", results["places"][code]["fails"], official.evidence[code][1]),
        )
        for what, one, other in pairs:
            if one != other:
                yield f"{code}: {what} is {one}, recomputed {other}."
        if not near(stated["score"], official.scores[code]):
            yield f"{code}: score is {stated['score']}, recomputed {official.scores[code]}."
        for key, node in stated["nodes"].items():
            score, coverage = official.nodes[code].get(key, (None, None))
            if not (near(node["score"], score) and near(node["coverage"], coverage)):
                yield f"{code}: {key} is {node['score']}, recomputed {score}."


def estimate_faults(official: Official, results: Plain) -> Iterator[str]:
    """Yield each cell whose value from 0 to 1, best estimate, error, or peers are not those recomputed."""
    for code, stated in results["countries"].items():
        for key, line in stated["criteria"].items():
            counted = next(c["weight"] > 0 for c in official.criteria if c["key"] == key)
            cell = official.cells[key][code]
            if counted and line["state"] != "inactive" and not near(line["u"], cell.u):
                yield f"{code} {key}: {line['u']}, recomputed {cell.u}."
        for key, entry in results["places"][code]["estimates"].items():
            yield from _entry_faults(official, key, code, entry)


def _entry_faults(official: Official, key: str, code: str, entry: Plain) -> Iterator[str]:
    cell: CellEstimate = official.cells[key][code]
    if entry["source"] != cell.source:
        yield f"{code} {key}: source is {entry['source']!r}, recomputed {cell.source!r}."
    if sorted(entry.get("peers", ())) != sorted(cell.peers):
        yield f"{code} {key}: other peers."
    if "best" in entry:
        best = None if cell.best is None else float(official.estimators[key].scale.back(cell.best))
        if not (near(entry["best"], best) and near(entry["error"], cell.error)):
            yield f"{code} {key}: {entry['best']} with error {entry['error']}, recomputed {best}, {cell.error}."


# ---- draws ---------------------------------------------------------------------------------------------------------


def tolerance(share: float, draws: int, others: int) -> float:
    """Return the largest difference of two sampled shares that is sampling error."""
    middle = min(max(share, 0.02), 0.98)
    return ERRORS * math.sqrt(middle * (1.0 - middle) * (1 / draws + 1 / others)) + ROUNDED


class DrawCheck:
    """Comparison of stored draws with those of this script."""

    def __init__(self, results: Plain, drawn: Drawn) -> None:
        self.stored, self.drawn, self.draws = results["drawn"], drawn, results["draws"]
        codes = sorted(results["countries"])
        self.order = [codes[position] for position in self.stored["ranked"]]
        self.others = [codes[position] for position in self.stored["provisional"]]
        self.row = {code: row for row, code in enumerate(drawn.designs.drawn)}
        self.worst = 0.0

    def share(self, what: str, stated: float, found: float) -> Iterator[str]:
        self.worst = max(self.worst, abs(stated - found))
        if abs(stated - found) > tolerance(
            max(stated, found, key=lambda p: -abs(p - 0.5)), self.draws, self.drawn.draws
        ):
            yield f"{what}: {stated:.4f}, drawn again {found:.4f}."

    def faults(self, ranks: Plain) -> Iterator[str]:
        """Yield each share within the first N, and each end of an interval, that differs by more than chance."""
        for name, first in (("within", self.stored["first"]), ("within_short", self.stored["short"])):
            found = self.drawn.within(first)
            for code, stated in zip(self.order, ranks[name], strict=True):
                yield from self.share(f"{code} in the first {first}", stated, float(found[self.row[code]]))
        found = self.drawn.within(self.stored["first"])
        for code, stated in zip(self.others, ranks["places_within"], strict=True):
            yield from self.share(f"{code} in the first {self.stored['first']}", stated, float(found[self.row[code]]))
        for codes, intervals in ((self.order, ranks["intervals"]), (self.others, ranks["places"])):
            for code, ends in zip(codes, intervals, strict=True):
                yield from self._ends(code, ends)

    def _ends(self, code: str, ends: list[int]) -> Iterator[str]:
        """Yield an end that is not the smallest rank which its percent of the draws do not exceed, but for chance."""
        below = np.cumsum(self.drawn.counts[self.row[code]]) / self.drawn.draws
        for percent, rank in zip((0.05, 0.50, 0.95), ends, strict=True):
            slack = tolerance(percent, self.draws, self.drawn.draws)
            if not 0 < rank < len(below):
                yield f"{code}: there is no rank {rank}."
            elif below[rank] < percent - slack or below[rank - 1] >= percent + slack:
                yield f"{code}: {percent:.0%} of the draws do not exceed {rank} as stated; {below[rank]:.1%} here."

    def pairs(self) -> Iterator[str]:
        for a, one in enumerate(self.order):
            for b, other in enumerate(self.order):
                found = self.drawn.above[self.row[one], self.row[other]] / self.drawn.draws
                yield from self.share(f"{one} above {other}", self.stored["pairs"][a][b], float(found))


def design_faults(designs: DesignWeights, results: Plain) -> Iterator[str]:
    """Yield each share of designs within the first N that is not the one recomputed, which is exact."""
    stored, codes = results["drawn"], sorted(results["countries"])
    shares = (designs.ranks() <= stored["first"]).mean(axis=0)
    for position, stated in zip(stored["ranked"], stored["designs"], strict=True):
        found = float(shares[designs.drawn.index(codes[position])])
        if abs(stated - found) > 0.0001:
            yield f"{codes[position]}: {stated:.4f} of designs in the first {stored['first']}, recomputed {found:.4f}."


# ---- the command ---------------------------------------------------------------------------------------------------


def verify(folder: Path, stated: str, draws: int) -> int:
    """Check a bundle, print what was found, and return the number of faults."""
    report = Report()
    report.check("every file has the hash of the manifest", list(hash_faults(folder, stated)))
    model, snapshot, results, run = (
        json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("model", "snapshot", "results", "run")
    )
    hashes = {
        name: hashlib.sha256((folder / f"{name}.json").read_bytes()).hexdigest() for name in ("model", "snapshot")
    }
    report.check(
        "model and snapshot are those of the run",
        [name for name in hashes if not hashes[name] == results[f"{name}_hash"] == run[f"{name}_hash"]],
    )
    report.check("every number of the snapshot is that of its cell", list(cell_faults(folder, model, snapshot, run)))
    official = Official(model, snapshot)
    report.check("every estimate, its error, and the peers of a gap", list(estimate_faults(official, results)))
    report.check(
        f"status, score, and rank of {len(official.countries)} countries", list(rank_faults(official, results))
    )
    if draws and results.get("drawn"):
        _verify_draws(report, official, results, draws)
    return report.faults


def _verify_draws(report: Report, official: Official, results: Plain, draws: int) -> None:
    designs, stored, seed = DesignWeights(official), results["drawn"], results["seed"]
    report.check(f"shares of {len(designs.options):,} designs", list(design_faults(designs, results)))
    inner = DrawCheck(results, Drawn(designs, draws, seed, all_in=False))
    ranks = stored["all_in"]["inner"] if "all_in" in stored else stored
    faults = [*inner.faults(ranks), *inner.pairs()]
    report.check(f"draws of data and weights: largest difference {inner.worst:.4f}", faults)
    if "all_in" in stored:
        whole = DrawCheck(results, Drawn(designs, draws, seed, all_in=True))
        faults = list(whole.faults(stored))
        report.check(f"draws of data, weights, and method: largest difference {whole.worst:.4f}", faults)


def main(arguments: list[str]) -> int:
    """Run the command, and return its exit code: 0 if all is proved, else 1."""
    draws = DRAWS
    if "--draws" in arguments:
        at = arguments.index("--draws")
        draws = int(arguments[at + 1])
        del arguments[at : at + 2]
    stated = arguments[0] if arguments else ""
    try:
        faults = verify(Path(__file__).resolve().parent, stated, draws)
    except NotCovered as error:
        print(f"NOT PROVED: this script does not recompute {error}.")
        return 1
    except (KeyError, IndexError, ValueError, TypeError, AttributeError, OSError) as error:
        print(f"NOT PROVED: a file of the bundle cannot be read: {type(error).__name__} {error}.")
        return 1
    if faults:
        print(f"NOT PROVED: {faults} faults.")
        return 1
    print("PROVED." if stated else "PROVED, except the manifest itself: give the hash that the memo prints.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
