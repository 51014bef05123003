"""Differences between two issues of a memo, as sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cpc.web import formats

PARTS: Mapping[str, str] = {
    "ranking": "the ranking",
    "restrictions": "the restrictions",
    "sources": "the sources",
    "matrix": "the positions",
    "statements": "the agencies' texts and what the office did",
    "notes": "the notes",
    "countries": "the text on a country",
    "others": "the table of the other countries",
    "before_you_decide": "what to know before deciding",
    "resources": "resources and law",
    "clearances": "the cleared list",
    "record": "the hashes",
}
"""Parts of the content that have no sentence of their own here."""


COVERED = frozenset({"matrix", "statements", "notes", "ranking", "record", "clearances", "before_you_decide"})
"""Parts whose changes the other sentences tell."""


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return what changed from one content to the next: recommendations, positions, notes, ranks, then other parts."""
    recommended = _recommendations(before, after)
    sentences = [*recommended, *_positions(before, after), *_notes(before, after), *_ranks(before, after)]
    if before["purpose"] != after["purpose"]:
        sentences.insert(0, "This issue has the decisions.")
    covered = COVERED if sentences else frozenset()
    if recommended:  # another line changes these parts, too
        covered = covered | {"countries", "others", "restrictions", "resources"}
    others = [label for name, label in PARTS.items() if name not in covered and before.get(name) != after.get(name)]
    return [*sentences, f"Changed as well: {formats.listing(others)}."] if others else sentences


def _by(rows: Iterable[Mapping[str, Any]], key: str) -> dict[str, Mapping[str, Any]]:
    return {row[key]: row for row in rows}


def _recommendations(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    old, new = _by(before["recommendations"], "code"), _by(after["recommendations"], "code")
    sentences = []
    for code, row in new.items():
        was = old.get(code)
        if was is None:
            sentences.append(f"{row['country']}: new recommendation, {row['label'].lower()}.")
            continue
        if was["label"] != row["label"]:
            sentences.append(f"{row['country']}: {row['label'].lower()} instead of {was['label'].lower()}.")
        if (was["amount"], was["months"], was["funding"]) != (row["amount"], row["months"], row["funding"]):
            sentences.append(f"{row['country']}: money and term are {_asked(row)}, not {_asked(was)}.")
        if was["rationale"] != row["rationale"]:
            sentences.append(f"{row['country']}: another reason.")
        if was["decision"] != row["decision"] and row["decision"]:
            sentences.append(f"{row['country']}: decided, {row['decision'].lower()}, by {row['decided_by']}.")
    return [
        *sentences,
        *(f"{row['country']}: no longer recommended on." for code, row in old.items() if code not in new),
    ]


def _asked(row: Mapping[str, Any]) -> str:
    parts = [formats.money(row["amount"])] if row["amount"] else []
    parts += [formats.count_of(row["months"], "month")] if row["months"] else []
    return " over ".join(parts) or "not stated"


def _positions(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    def marks(content: Mapping[str, Any]) -> dict[tuple[str, str], str]:
        agencies = [agency["short"] for agency in content["matrix"]["agencies"]]
        return {
            (agency, row["country"]): mark
            for row in content["matrix"]["rows"]
            for agency, mark in zip(agencies, row["marks"], strict=True)
        }

    old, new = marks(before), marks(after)
    sentences = [
        f"{agency} on {country}: {mark}, before {old.get((agency, country), 'not asked')}."
        for (agency, country), mark in new.items()
        if old.get((agency, country)) != mark
    ]
    same_marks = not sentences and before["statements"] != after["statements"]
    return ["The text of an agency or what the office did about them changed."] if same_marks else sentences


def _notes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    old, new = _by(before["notes"], "number"), _by(after["notes"], "number")
    sentences = [f"Note {number} is new or open again." for number in new if number not in old]
    sentences += [f"Note {number} is settled." for number in old if number not in new]
    return [
        *sentences,
        *(f"Note {number}: {row['state']}" for number, row in new.items() if number in old and old[number] != row),
    ]


def _ranks(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    old, new = _by(before["ranking"], "country"), _by(after["ranking"], "country")
    return [
        f"{country}: rank {_rank(row)}, before {_rank(old[country])}."
        for country, row in new.items()
        if country in old and (row["rank"], row["score"]) != (old[country]["rank"], old[country]["score"])
    ]


def _rank(row: Mapping[str, Any]) -> str:
    return "none" if row["rank"] is None else f"{row['rank']} with {formats.number(row['score'], 1)}"
