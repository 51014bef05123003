"""Free space where files are written: received ones, or, with a bucket, those on their way to it."""

from __future__ import annotations

import shutil

from cpc.files.storage import staging_folder

FULL_AT = 0.95
"""Share of the disk in use from which it is a problem."""


def space() -> tuple[int, int]:
    """Return the free bytes and the size of the disk."""
    folder = staging_folder()
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total


def problems() -> list[str]:
    free, total = space()
    if total and 1 - free / total >= FULL_AT:
        return [f"The disk for files is {1 - free / total:.0%} full: {free / 1e9:.1f} GB are free."]
    return []
