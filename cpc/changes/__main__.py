"""`python -m cpc.changes` writes the kinds of events into docs/changes.md."""

from __future__ import annotations

import os
import re
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "changes.md"
START, END = "<!-- kinds: written by python -m cpc.changes -->", "<!-- end of kinds -->"
HEAD = "| readers need permission to | subjects | what happens |\n| --- | --- | --- |\n"


def table() -> str:
    """Return the table of all kinds, by permission."""
    from cpc.accounts.permissions import Permission
    from cpc.changes.feed import FEEDS

    rows: dict[tuple[Permission, str], list[str]] = {}
    order = list(Permission)
    for one in sorted(FEEDS, key=lambda one: (order.index(one.permission), one.subject)):
        what = ", ".join(f"`{kind.partition('.')[2]}`" for kind in one.kinds)
        rows.setdefault((one.permission, what), []).append(f"`{one.subject}`")
    return HEAD + "".join(f"| {needs} | {', '.join(found)} | {what} |\n" for (needs, what), found in rows.items())


def written(guide: str) -> str:
    """Return the text of the guide with the table of now."""
    between = re.compile(f"(?<={re.escape(START)}\n\n).*(?=\n{re.escape(END)})", re.S)
    return between.sub(lambda _: table(), guide)


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpc.settings")
    django.setup()
    GUIDE.write_text(written(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
