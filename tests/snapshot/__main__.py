"""`make snapshot`: what the product shows and enforces, as text in a folder.

`openapi.yaml` is the REST interface, `schema` the database, and `readings` what each adapter reads from each file of a
publisher. For three worlds there is what each visitor gets at each address, in `pages`, `exports`, `rest` and `frames`
(what is around a page's main part), with an index of all answers of each world: "demonstration" has the listed pages
with a link of each kind on them, "installation" the same without data, and "addresses" every address by GET and by an
empty POST. Two snapshots of the same code are identical: `make snapshot-diff A=... B=...` shows what a change did.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

import django

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("demonstration", "addresses", "installation", "schema", "readings", "openapi")
"""All parts but the bench, the longest first."""
BENCH = "bench"
MARK = "snapshot.txt"


def main(arguments: list[str]) -> int:
    """Write the requested parts, or all parts except the bench; return 1 if one fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.snapshot", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--bench", action="store_true", help="add the bench")
    chosen = parser.parse_args(arguments)
    folder = chosen.folder.resolve()
    parts = [*(chosen.parts or PARTS), *([BENCH] if chosen.bench else [])]
    if unknown := set(parts) - {*PARTS, BENCH}:
        parser.error(f"no part is called {', '.join(sorted(unknown))}")
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        parser.error(f"{folder} holds something else than a snapshot; name another folder: make snapshot TO=...")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("Written by `make snapshot`.\n", encoding="utf-8")
    if len(parts) == 1:
        _write(parts[0], folder)
        return 0
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=2) as pool:
        statuses = list(pool.map(lambda part: _in_a_process(part, folder), (part for part in parts if part != BENCH)))
    if BENCH in parts:  # alone: it measures
        statuses.append(_in_a_process(BENCH, folder))
    print(f"{folder}: {time.monotonic() - started:.0f} s")
    return int(any(statuses))


def _in_a_process(part: str, folder: Path) -> int:
    started = time.monotonic()
    status = subprocess.run([sys.executable, "-m", "tests.snapshot", folder, part], cwd=ROOT, check=False).returncode
    failed = f", failed with {status}" if status else ""
    print(f"{part}: {time.monotonic() - started:.0f} s{failed}", file=sys.stderr, flush=True)
    return status


def _write(part: str, folder: Path) -> None:
    for old in (part, *(f"{kind}/{part}" for kind in ("pages", "exports", "rest", "frames"))):
        shutil.rmtree(folder / old, ignore_errors=True)
    if part == BENCH:
        table = subprocess.run([sys.executable, "-m", "tests.bench"], cwd=ROOT, stdout=subprocess.PIPE, check=True)
        (folder / "bench.txt").write_bytes(table.stdout)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpc.settings")
    os.environ.setdefault("CPC_ENV", "test")
    warnings.filterwarnings("ignore", message="No directory at")  # static files are served unbuilt here
    django.setup()
    logging.disable(logging.ERROR)  # thousands of rejected requests are expected
    tag = f"{part}_{sha256(bytes(folder)).hexdigest()[:8]}"
    # Imported here, as they need Django's settings.
    if part == "openapi":
        from django.core.management import call_command

        call_command("spectacular", file=str(folder / "openapi.yaml"))
    elif part == "schema":
        from tests.snapshot import schema, worlds

        with worlds.migrated(tag) as migrated, worlds.installed(migrated):
            schema.write(folder / part)
    elif part == "readings":
        from tests.snapshot import readings

        data = Path(os.environ.get("CPC_SHARED_DATA", ROOT.parent / "shared" / "data"))
        if not readings.write(data, folder / part):
            print(f"No publishers' files are in {data}; set CPC_SHARED_DATA.", file=sys.stderr)
    else:
        _walk(part, folder, tag)


def _walk(part: str, folder: Path, tag: str) -> None:
    from django.template.base import Template
    from django.test import override_settings

    from tests.snapshot import worlds
    from tests.snapshot.walk import Walk
    from tests.worlds.catalog import WORLDS

    walk = Walk(folder, part)
    ask = _addresses if part == "addresses" else _listed
    settings = override_settings(ROOT_URLCONF="tests.support.failing")
    # As in production: the test client would keep a copy of each template's context.
    plain = mock.patch.object(Template, "_render", lambda template, context: template.nodelist.render(context))
    with (
        tempfile.TemporaryDirectory() as files,
        worlds.migrated(tag) as migrated,
        worlds.filled(migrated, WORLDS[part], Path(files)) as made,
        plain,
        settings,
    ):
        ask(walk, made)
    walk.finish()


def _addresses(walk: Any, made: Any) -> None:
    """Request every URL of the product by GET and by an empty POST."""
    from tests.snapshot.walk import by_name

    # Not whether the database is as the code declares: its functions read the slow clock.
    urls = [url for name, url in made.urls.items() if name != "ready"]
    for visitor, user in by_name(made.users).items():
        walk.as_visitor(visitor, user, urls, methods=("GET", "POST"))


def _listed(walk: Any, scene: Any) -> None:
    """Request listed pages and REST lists as every visitor, follow links, and send forms."""
    from tests.security.expected_table import addresses
    from tests.snapshot.walk import by_name
    from tests.support.all_cases import shots

    here = [shot for shot in shots() if shot.state.world_name.value == walk.name]
    urls = {shot: shot.url(scene).partition("#")[0] for shot in here}
    lists = [f"/{one.route}" for one in addresses() if one.route.startswith("api/") and not one.arguments]
    visitors = by_name(scene.users)
    for visitor, user in visitors.items():
        walk.as_visitor(visitor, user, dict.fromkeys([*urls.values(), *lists]), follow=True)
    for visitor, user in visitors.items():
        role = getattr(user, "role", None)
        mine = dict.fromkeys(url.partition("?")[0] for shot, url in urls.items() if shot.role == role)
        walk.as_visitor(visitor, user, mine, methods=("POST",))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
