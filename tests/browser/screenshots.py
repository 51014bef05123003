"""`make screenshots`: a picture of every listed page at two widths, in .cpc/screenshots, with an index.

After all pictures are taken, it fails if a page is wider than its window, if the browser reports an error (a script's
error, a resource that the content security policy blocks), or if a page's status is not the listed one. The database
is a clone of the test worlds of these states, and is dropped afterwards.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.test.utils import setup_test_environment
from playwright.sync_api import Browser, Error, sync_playwright

from tests.support import chromium
from tests.support.browser import HEIGHT, WIDTHS, height_of, overflow

if TYPE_CHECKING:
    from tests.support.page_cases import Shot
    from tests.worlds.databases import Clones
    from tests.worlds.served_world import Stage

FOLDER = Path(__file__).resolve().parent.parent.parent / ".cpc" / "screenshots"
LOG = "server.log"


def take(stage: Stage, shot: Shot, folder: Path) -> list[str]:
    """Take pictures of one page at both widths; return the faults found."""
    window = stage.open(shot)
    found = []
    for width in WIDTHS:
        window.page.set_viewport_size({"width": width, "height": HEIGHT})
        sticks_out = overflow(window.page)
        if sticks_out:
            found.append(sticks_out)
        # As high as the page, so that elements fixed to the window's edge are drawn at the edge of the page.
        window.page.set_viewport_size({"width": width, "height": max(height_of(window.page), HEIGHT)})
        window.page.screenshot(path=folder / picture(shot, width), full_page=True, animations="disabled")
    return [*window.complaints, *found]


def picture(shot: Shot, width: int) -> str:
    """Return the path of a picture in the folder."""
    return f"{shot.state}/{shot.name}-{width}.png"


def take_all(shots: list[Shot], browser: Browser, folder: Path, clones: Clones) -> Iterator[str]:
    """Take pictures of every shot; return the faults, one per line."""
    from tests.worlds.served_world import staged

    for world_name, group in groupby(shots, key=lambda shot: shot.state.world_name):
        with tempfile.TemporaryDirectory() as files, staged(world_name, Path(files), browser, clones) as stage:
            for shot in group:
                print(f"\r\033[K{shot}", end="", file=sys.stderr, flush=True)
                try:
                    yield from (f"{shot}: {wrong}" for wrong in take(stage, shot, folder))
                except Error as error:
                    yield f"{shot}: {error}"
    print("\r\033[K", end="", file=sys.stderr, flush=True)


def write_index(shots: list[Shot], folder: Path) -> Path:
    """Write a page with all pictures, by state."""
    from django.utils.html import format_html, format_html_join

    wide, narrow = WIDTHS
    parts = []
    for state, group in groupby(sorted(shots, key=lambda shot: shot.state), key=lambda shot: shot.state):
        rows = [(shot.name, picture(shot, wide), picture(shot, narrow)) for shot in group]
        figures = format_html_join(
            "\n",
            '<figure><figcaption>{0}</figcaption><a href="{1}"><img src="{1}" alt="{0}, wide" loading="lazy"></a>'
            '<a href="{2}"><img class="narrow" src="{2}" alt="{0}, narrow" loading="lazy"></a></figure>',
            rows,
        )
        parts.append(format_html("<h2>{}</h2>\n<main>{}</main>", state.value.capitalize(), figures))
    style = (
        "body { font: 16px system-ui; margin: 2rem } main { display: grid; gap: 1.5rem; "
        "grid-template-columns: repeat(auto-fill, minmax(26rem, 1fr)) } figure { margin: 0 } "
        "img { width: 70%; height: 18rem; object-fit: cover; object-position: top; border: 1px solid #999 } "
        "img.narrow { width: 26% }"
    )
    text = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Screenshots</title>'
        f"<style>{style}</style></head><body><h1>Screenshots</h1>\n" + "\n".join(parts) + "</body></html>\n"
    )
    index = folder / "index.html"
    index.write_text(text, encoding="utf-8")
    return index


def main(names: list[str]) -> int:
    """Take pictures of every page, or of those with one of `names` in their name; return 1 if there is a fault."""
    if not chromium.executable():
        print(f"{chromium.MISSING}.", file=sys.stderr)
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpc.settings")
    os.environ.setdefault("CPC_ENV", "test")
    # Playwright's event loop runs in this thread, where Django would raise SynchronousOnlyOperation.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    warnings.filterwarnings("ignore", message="No directory at")  # static files are served without a build here
    django.setup()
    from tests.support.all_cases import shots
    from tests.worlds.catalog import clones_of

    wanted = [shot for shot in shots() if not names or any(name in str(shot) for name in names)]
    if not names:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    _log_to(FOLDER / LOG)
    setup_test_environment()
    with clones_of("pictures") as clones, sync_playwright() as running:
        browser = running.chromium.launch(**chromium.launch_arguments())
        wrong = list(take_all(wanted, browser, FOLDER, clones))
        browser.close()
    print(f"{len(wanted) * len(WIDTHS)} pictures: {write_index(wanted, FOLDER)}")
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        print(f"The output of the server is in {FOLDER / LOG}", file=sys.stderr)
    return 1 if wrong else 0


def _log_to(path: Path) -> None:
    """Write the log to a file instead of the terminal: pages that show a fault are meant to log it."""
    logging.getLogger().handlers = [logging.FileHandler(path, mode="w", encoding="utf-8")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
