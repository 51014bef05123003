"""The submitted grid: which cells differ from what the page showed, and what the rater entered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.http import QueryDict

from cpc.web.actions import ActionForm
from selection.ratings.forms import LONGEST
from selection.ratings.grid.entries import CellKey, Entry, entry_of, one_line, plain_lines, tidy
from selection.ratings.grid.queries import RaterGrid, ratings_seen
from selection.ratings.services import revision_of

LONGEST_DOCUMENT = 300
LONGEST_CELL = 20


class GridForm(ActionForm):
    """The form around the grid; `sent_entries` reads its cells."""

    is_multipart = True  # type: ignore[assignment]  # it takes a workbook


def cell_of(grid: RaterGrid, text: str) -> CellKey | None:
    """Return the cell that a text such as “GHA.protection” names, or None."""
    code, _, criterion = text.partition(".")
    key = CellKey(code, criterion)
    return key if key in grid.cells else None


def sent_entries(grid: RaterGrid, sent: QueryDict, unsaved: Mapping[CellKey, Entry]) -> dict[CellKey, Entry]:
    """Return the entries that are not on record after a submission.

    A cell that the form has without details, because its evidence was not opened, keeps those it had. A cell that the
    form does not have stays as it was stored, and so does one that another window stored since the page was opened
    (`showed` names the cells that this page showed as not saved).
    """
    seen = {key: one_line(str(sent[f"seen.{key}"]))[:LONGEST_CELL] for key in grid.cells if f"seen.{key}" in sent}
    current = {key: revision_of(grid.own(key)) for key in seen}
    older = ratings_seen(grid, (value for key, value in seen.items() if value != current[key]))
    showed = set(sent.get("showed", "").split())
    reason, document = plain_lines(sent.get("all-why", "")), one_line(sent.get("all-doc", ""))[:LONGEST_DOCUMENT]
    found = {}
    for key, revision in seen.items():
        shown = grid.own(key) if revision == current[key] else older.get(revision)
        base = replace(entry_of(key, shown), seen=revision)
        entry = _sent(key, sent, base, unsaved.get(key))
        if not entry.matches(base):
            found[key] = entry.completed(reason[:LONGEST], document)
        elif key in unsaved and str(key) not in showed:
            found[key] = unsaved[key]
    return {**{key: entry for key, entry in unsaved.items() if key not in seen}, **found}


def _sent(key: CellKey, sent: QueryDict, base: Entry, stored: Entry | None) -> Entry:
    text = tidy(sent.get(f"cell.{key}", ""))[:LONGEST_CELL]
    if f"why.{key}" not in sent:
        # Without its details, a cell has those stored with it, or those on record; a paste may bring a reason.
        held = stored or base
        reason = plain_lines(sent.get(f"reason.{key}", ""))[:LONGEST] or held.reason
        return replace(held, text=text, reason=reason, seen=base.seen, refused="")
    return replace(
        base,
        text=text,
        reason=plain_lines(sent.get(f"why.{key}", ""))[:LONGEST],
        evidence=tuple(dict.fromkeys(one_line(one)[: LONGEST_CELL * 4] for one in sent.getlist(f"on.{key}"))),
        document=one_line(sent.get(f"doc.{key}", ""))[:LONGEST_DOCUMENT],
    )
