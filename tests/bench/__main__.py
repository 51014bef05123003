"""`make bench`: run every `bench_*.py` beside this file and print one table; `ARGS="draws"` runs those named.

Each module defines `run()`, which gives rows of `name`, `ratio` (measured against its floor side by side, in
this run), `goal` (the largest ratio wanted) and `detail` (the two figures, and the reason where a goal is missed).
A missed goal is reported, not failed: a ratio depends on the machine. The database is a fresh, migrated, empty one.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Collection, Iterable
from pathlib import Path

import django
from django.test.utils import setup_databases, teardown_databases

from cpc.database.roles import as_owner
from tests.bench.measuring import Row


def measure(only: Collection[str], failed: list[str]) -> Iterable[Row]:
    """Yield the rows of all modules, or of those named, in the order of their names, as they are measured.

    A module that cannot be measured is put into `failed` with its error, and the others go on.
    """
    found = {path.stem.removeprefix("bench_"): path for path in sorted(Path(__file__).parent.glob("bench_*.py"))}
    failed += [f"There is no bench_{name}.py." for name in only if name.replace("-", "_") not in found]
    for name, path in found.items():
        if only and name not in only and name.replace("_", "-") not in only:
            continue
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        try:
            yield from importlib.import_module(f"tests.bench.{path.stem}").run()
        except Exception as error:  # any error is reported, and the other modules are still measured
            failed.append(f"{name} was not measured: {type(error).__name__}: {error}")


def table(rows: list[Row]) -> str:
    """Return the rows as aligned text, one per line."""
    width = max((len(row["name"]) for row in rows), default=0)
    lines = [f"{'measure':{width}}  {'ratio':>7}  {'goal':>7}  met  detail"]
    for row in rows:
        met = "yes" if row["ratio"] <= row["goal"] else "NO"
        lines.append(f"{row['name']:{width}}  {row['ratio']:6.2f}x  {row['goal']:6.2f}x  {met:3}  {row['detail']}")
    return "\n".join(lines)


def main() -> int:
    """Measure and print; return exit status 1 only if a measurement itself fails."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpc.settings")
    os.environ.setdefault("CPC_ENV", "test")
    django.setup()
    with as_owner():
        created = setup_databases(verbosity=0, interactive=False)
    rows: list[Row] = []
    failed: list[str] = []
    try:
        rows.extend(measure(sys.argv[1:], failed))
    finally:
        print("\n".join([table(rows), *failed]))
        with as_owner():
            teardown_databases(created, verbosity=0)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
