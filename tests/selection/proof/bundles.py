"""Bundles in a folder, changes to them, and the auditor's script in a bare Python."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from selection.proof.contents import MANIFEST, manifest_of

_START = """
import runpy, sys
sys.path[:] = [path for path in sys.path if "site-packages" not in path] + [{numpy!r}]
sys.argv = [{script!r}, *{arguments!r}]
runpy.run_path({script!r}, run_name="__main__")
"""


@dataclass(frozen=True)
class Audit:
    """Outcome of the script: its exit code, and what it printed."""

    code: int
    text: str

    @property
    def is_proved(self) -> bool:
        return self.code == 0 and self.text.rstrip().endswith("PROVED.")


def unpack(files: Mapping[str, bytes], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def proof_of(folder: Path) -> str:
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def numpy_alone(folder: Path) -> Path:
    """Return a folder from which Python can import numpy and nothing else of what is installed."""
    folder.mkdir(exist_ok=True)
    package = Path(np.__file__).parent
    for path in (package, package.with_name("numpy.libs")):
        link = folder / path.name
        if path.exists() and not link.exists():
            link.symlink_to(path)
    return folder


def audit(folder: Path, *arguments: str) -> Audit:
    """Run the script in a Python without site packages, without the project, and with numpy alone."""
    start = _START.format(
        numpy=str(numpy_alone(folder.parent / "numpy-alone")), script=str(folder / "verify.py"), arguments=arguments
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start], capture_output=True, text=True, cwd=folder, timeout=300, check=False
    )
    return Audit(done.returncode, done.stdout + done.stderr)


def make_manifest_again(folder: Path) -> None:
    """Write a manifest that fits the files as they are now."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != MANIFEST}
    (folder / MANIFEST).write_bytes(manifest_of(files))


def change_results(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    path = folder / "results.json"
    results = json.loads(path.read_text(encoding="utf-8"))
    change(results)
    path.write_text(json.dumps(results), encoding="utf-8")
    make_manifest_again(folder)


def change_row(folder: Path, name: str, where: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Change the first row of a table that has these values."""
    path = folder / name
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    row = next(row for row in rows if all(row[key] == value for key, value in where.items()))
    row.update(values)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(buffer.getvalue(), encoding="utf-8")
    make_manifest_again(folder)
