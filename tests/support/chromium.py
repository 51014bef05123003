"""Chromium for browser tests and screenshots: the one installed on the machine; none is downloaded."""

from __future__ import annotations

import os
import shutil
from typing import Any

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""Names of Chromium. The first has no windows and takes a quarter less processor time for the same pages."""

MISSING = "Chromium is not installed (package chromium-headless-shell or chromium; or name it in CHROMIUM)"
FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def executable() -> str | None:
    """Return the path of Chromium (`CHROMIUM`, else the first known name on PATH), or None."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def launch_arguments() -> dict[str, Any]:
    """Return Playwright's launch arguments: quiet, and for root without the sandbox, which doesn't run as root."""
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    return {"executable_path": executable(), "args": [*FLAGS, *sandbox]}
