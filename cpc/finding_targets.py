"""Pages where people resolve the findings of rules: apps declare one page per code, or why there is none.

    # partnerships/finding_targets.py
    resolve_on("partnership-edit", "Edit the partnership", "term_missing", "lead_missing", needs=("partnership",))
    resolve_on("restrictions", "Review the restrictions", "restriction_bars", needs=("country",))
    explain("It is about a field of the form itself.", "term_over")

A page, form, or endpoint has the keys of the records that it is about, by name. `located` gives findings their URLs;
forms and problem documents look errors up by code, so that an error of the database has the same link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from cpc.findings import Finding
from cpc.registry import Registry

RecordKeys = Mapping[str, Any]
"""The records that a page is about: arguments of URLs by their names, such as `partnership`, `country`, or `round`."""


@dataclass(frozen=True, slots=True)
class FindingTarget:
    """The page where findings of one code are resolved: its name with "#fragment", label of the link, and arguments.

    `needs` names the keys that its URL takes. Without a page, `reason` is why there is none.
    """

    code: str
    page: str = ""
    label: str = ""
    needs: Sequence[str] = ()
    reason: str = ""

    @property
    def name(self) -> str:
        return self.page.partition("#")[0]

    def url(self, keys: RecordKeys) -> str:
        name, mark, fragment = self.page.partition("#")
        return reverse(name, args=[keys[name] for name in self.needs]) + mark + fragment


ANY = "*"
"""A code for every finding about a record, such as a draft, whose rules have many codes and one page in common."""

TARGETS: Registry[FindingTarget] = Registry(key=lambda target: (target.code, target.page))


def resolve_on(page: str, label: str, *codes: str, needs: Sequence[str] = ()) -> None:
    """Declare the page where findings of these codes are resolved.

    If a code has several pages, the first one whose needs are met applies.
    """
    for code in codes:
        TARGETS.add(FindingTarget(code, page, label, needs))


def explain(reason: str, *codes: str) -> None:
    """Declare why findings of these codes have no page of their own."""
    for code in codes:
        TARGETS.add(FindingTarget(code, reason=reason))


def target_of(code: str, keys: RecordKeys) -> FindingTarget | None:
    """Return the page for a code, or else the one for any code about these records; None if there is neither."""
    declared = [target for target in TARGETS if target.code == code]
    others = [target for target in TARGETS if target.code == ANY]
    usable = (target for target in declared or others if target.page and set(target.needs) <= keys.keys())
    return next(usable, None)


def url_of(code: str, keys: RecordKeys) -> str:
    """Return the URL where an error of this code is resolved; empty if there is none."""
    target = target_of(code, keys)
    return target.url(keys) if target else ""


def located(findings: Iterable[Finding], keys: RecordKeys) -> list[Finding]:
    return [replace(finding, url=url_of(finding.code, keys)) for finding in findings]
