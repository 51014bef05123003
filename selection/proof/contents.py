"""Files of a proof bundle, by name, as bytes that the run alone determines."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from indicators.models import Country
from selection.model_definition.criteria_table import Stage
from selection.models import ScoreRun
from selection.proof.auditor.verify import DRAWS
from selection.proof.cells import CELL_COLUMNS, Read, cell_rows, file_rows, number, rating_rows, read_again
from selection.proof.used import used_rows
from selection.scoring.canonical_json import canonical_json

LAYOUT = 1
"""Number of the bundle's own format: a run has one bundle for each."""

MANIFEST = "manifest.sha256"
AUDITOR = Path(__file__).resolve().parent / "auditor"
SCRIPT = ("estimates", "official", "draws", "verify")
"""Modules of the script, in the order in which they stand in its one file."""

_OWN_IMPORT = re.compile(r"^from selection\.proof\.auditor\..*\n", re.MULTILINE)
_FUTURE = "from __future__ import annotations\n"
_PRIVATE = ("decided_by",)
"""Names of fields of decisions that hold names of people."""


class Unprovable(Exception):
    """Error: the data read now is not that of the run."""


def bundle_files(run: ScoreRun) -> dict[str, bytes]:
    """Return every file of a run's bundle, the manifest last.

    Raise `Unprovable` if what is read today is not what the run scored.
    """
    read = read_again(run)
    snapshot = canonical_json(read.selection.snapshot.to_dict()).encode()
    model = canonical_json(read.table.model(read.stage).to_dict()).encode()
    for what, data, stated in (("snapshot", snapshot, run.snapshot_hash), ("model", model, run.model_hash)):
        if (found := hashlib.sha256(data).hexdigest()) != stated:
            raise Unprovable(f"The {what} of run {run.pk} has the hash {found}, not {stated}.")
    cells = cell_rows(read)
    files = {
        "README.txt": _readme(run),
        "cells.csv": _csv(cells, CELL_COLUMNS),
        "files.csv": _csv(file_rows(cells)),
        "model.json": model,
        "pool.csv": _csv(_pool_rows(read)),
        "ranking.csv": _csv(_ranking_rows(run.result)),
        "ratings.csv": _csv(rating_rows(run), ("criterion", "country", "rater", "step", "day", "rating")),
        "results.json": canonical_json(run.result).encode(),
        "run.json": _readable(_about(run)),
        "snapshot.json": snapshot,
        "used.csv": _csv(used_rows(read, run.result)),
        "verify.py": script().encode(),
    }
    return {**files, MANIFEST: manifest_of(files)}


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """Return the manifest: the hash and the name of each file, as `sha256sum -c` reads it."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def script() -> str:
    """Return the auditor's script as one file."""
    parts = [(AUDITOR / f"{name}.py").read_text(encoding="utf-8") for name in SCRIPT]
    parts = [_OWN_IMPORT.sub("", part.replace(_FUTURE, "")) for part in parts]
    *others, command = parts
    documented, _, rest = command.partition('"""\n\n')
    return f'{documented}"""\n\n{_FUTURE}\n' + "\n".join(others) + "\n" + rest


def _readme(run: ScoreRun) -> bytes:
    context = {"run": run, "full": run.stage == Stage.FULL, "draws": f"{run.draws:,}", "others": f"{DRAWS:,}"}
    return render_to_string("selection/proof/readme.txt", context).encode()


def _about(run: ScoreRun) -> dict[str, Any]:
    pool = run.inputs["pool"]
    return {
        "run": run.pk,
        "round": run.inputs.get("round"),
        "stage": run.stage,
        "model": {"key": run.model_key, "version": run.model_version},
        "table_hash": run.table_hash,
        "model_hash": run.model_hash,
        "snapshot_hash": run.snapshot_hash,
        "inputs_hash": run.inputs_hash,
        "as_of": run.as_of,
        "as_of_at": run.as_of_at.isoformat() if run.as_of_at else None,
        "reference_date": run.reference_date.isoformat(),
        "engine_version": run.engine_version,
        "seed": run.seed,
        "draws": run.draws,
        "periods": run.periods,
        "made_at": run.created_at.isoformat(),
        "candidates": run.inputs.get("candidates"),
        "pool": {key: _without_people(value) for key, value in pool.items()},
        "unpublished": run.inputs.get("unpublished", []),
    }


def _without_people(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_people(item) for key, item in value.items() if key not in _PRIVATE}
    return [_without_people(item) for item in value] if isinstance(value, list) else value


def _pool_rows(read: Read) -> list[dict[str, Any]]:
    snapshot, pool = read.selection.snapshot, read.selection.pool
    names = dict(Country.objects.values_list("code", "name"))
    sets = {name: set(members) for name, members in snapshot.pools.items()}
    return [
        {
            "country": code,
            "name": names.get(code, code),
            **{name: "yes" if code in sets[name] else "no" for name in ("candidates", "pool", "wider")},
            "reason": entry.sentence if (entry := pool.entries.get(code)) else "",
        }
        for code in sorted(snapshot.countries)
    ]


def _ranking_rows(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    drawn, codes = result.get("drawn") or {}, sorted(result["countries"])
    row_of = {codes[position]: row for row, position in enumerate(drawn.get("ranked", ()))}
    names = dict(Country.objects.values_list("code", "name"))
    last = len(codes) + 1
    ordered = sorted(codes, key=lambda code: (result["countries"][code]["rank"] or last, code))
    return [
        _ranking_row(code, names.get(code, code), result["countries"][code], result["places"][code], drawn, row_of)
        for code in ordered
    ]


def _ranking_row(
    code: str,
    name: str,
    country: Mapping[str, Any],
    within: Mapping[str, Any],
    drawn: Mapping[str, Any],
    row_of: Mapping[str, int],
) -> dict[str, Any]:
    row = row_of.get(code)
    low, median, high = drawn["intervals"][row] if row is not None else ("", "", "")
    return {
        "rank": country["rank"] or "",
        "country": code,
        "name": name,
        "status": country["status"],
        "score": number(country["score"]),
        **{key: number(node["score"]) for key, node in country["nodes"].items()},
        "rank_low": low,
        "rank_median": median,
        "rank_high": high,
        "share_within_first": number(drawn["within"][row]) if row is not None else "",
        "place": within["place"] or "",
        "region": within["region"],
        "missing_evidence": " ".join(within["fails"]),
        "reason": country["reason"],
    }


def _csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns or list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _readable(plain: Mapping[str, Any]) -> bytes:
    return (json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()
