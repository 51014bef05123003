"""`make faults`: plant each fault of `seeded.py` in a copy of the project and check that its test fails.

The copy is in .cpc/faults, with a test database server of its own. A run stops at the first failure; a fault that no
test detects makes the exit status 1. `make faults ARGS="label sign"` plants those whose name contains one of these
words.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.seeded import FAULTS, Fault

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".cpc" / "faults"
TREE = HOME / "tree"
APPS = ("cpc", "indicators", "selection", "partnerships")
FAILED = 1
"""pytest's exit status after a failed test. Any other status means that the tests could not run."""


class Misplaced(Exception):
    """A fault whose text is not found as written, so that it can't be planted."""


def copy_project() -> None:
    """Copy the files that git tracks or would add, and link the installed packages."""
    shutil.rmtree(TREE, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (TREE / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, TREE / name)
    for name in ("vendor", "node_modules"):
        if (ROOT / name).exists():
            (TREE / name).symlink_to(ROOT / name)


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """Plant a fault in the copy until the block ends."""
    path, text = _with_migration(fault) if fault.sql else _edited(fault)
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")


def _edited(fault: Fault) -> tuple[Path, str]:
    path, start, end = _template(fault.where) if fault.where.endswith(".html") else _function(fault)
    text = path.read_text(encoding="utf-8")
    part = text[start:end]
    if part.count(fault.old) != 1:
        raise Misplaced(f"{fault.where} in {path.relative_to(TREE)} has {part.count(fault.old)} times {fault.old!r}")
    return path, text[:start] + part.replace(fault.old, fault.new) + text[end:]


def _template(name: str) -> tuple[Path, int, int]:
    found = [path for path in (TREE / "templates").rglob("*.html") if path.as_posix().endswith(f"/{name}")]
    if len(found) != 1:
        raise Misplaced(f"{len(found)} templates end with {name}")
    return found[0], 0, len(found[0].read_text(encoding="utf-8"))


def _function(fault: Fault) -> tuple[Path, int, int]:
    """Return the file of the function that contains the old text, and the function's start and end in it."""
    found, name = [], fault.where
    for app in APPS:
        for path in (TREE / app).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if f"def {name.rpartition('.')[2]}(" in text and "migrations" not in path.parts:
                lines = text.splitlines(keepends=True)
                for node in _named(ast.parse(text), name.split(".")):
                    own = "".join(lines[node.lineno - 1 : node.end_lineno])
                    start = sum(map(len, lines[: node.lineno - 1]))
                    if fault.old in own:
                        found.append((path, start, start + len(own)))
    if len(found) != 1:
        raise Misplaced(f"{len(found)} functions are called {name} and hold {fault.old!r}")
    return found[0]


def _named(inside: ast.AST, names: list[str]) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in ast.iter_child_nodes(inside):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == names[0]:
            if names[1:]:
                yield from _named(node, names[1:])
            else:
                yield node


def _with_migration(fault: Fault) -> tuple[Path, str]:
    (folder,) = [path for app in APPS for path in (TREE / app).rglob("migrations") if path.parent.name == fault.where]
    newest = max(path.stem for path in folder.glob("[0-9]*.py"))
    return folder / "9999_fault.py", (
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        f"    dependencies = [({fault.where!r}, {newest!r})]\n    operations = [migrations.RunSQL({fault.sql!r})]\n"
    )


def files_of(test: str) -> list[Path]:
    """Return the files in which a test function of this name is defined."""
    found = [path for path in (TREE / "tests").rglob("test_*.py") if f"def {test}(" in path.read_text(encoding="utf-8")]
    if not found:
        raise Misplaced(f"no test is called {test}")
    return found


def run(fault: Fault) -> tuple[int, str]:
    """Run a fault's test in the copy until it fails, and return pytest's exit status and the end of its output."""
    data = os.environ.get("CPC_SHARED_DATA", str(ROOT.parent / "shared" / "data"))
    environment = os.environ | {"CPC_PG_DIR": str(HOME), "CPC_SHARED_DATA": data, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=line", "-k", fault.test]
    done = subprocess.run(
        [*command, *map(str, files_of(fault.test))],
        cwd=TREE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout[-1500:] + done.stderr[-500:]


def main(words: list[str]) -> int:
    """Plant and test each fault, and print a line for each; return 1 if any was not detected."""
    copy_project()
    missed = 0
    wanted = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
    for fault in wanted:
        began = time.monotonic()
        try:
            with planted(fault):
                status, told = run(fault)
        except Misplaced as error:
            status, told = -1, str(error)
        caught = status == FAILED
        missed += not caught
        print(
            f"{'caught' if caught else 'MISSED'}  {time.monotonic() - began:5.0f} s  {fault.name}: {fault.test}",
            flush=True,
        )
        if not caught:
            print(told, flush=True)
    print(f"{len(wanted) - missed} of {len(wanted)} faults caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
