"""The page where a finding is resolved: of its own code first, and only with the records that its URL needs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cpc.finding_targets import ANY, TARGETS, explain, located, resolve_on, target_of, url_of
from cpc.findings import Finding


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    with TARGETS.only():
        resolve_on("person#role", "Change the role", "role", "late", needs=("account",))
        resolve_on("agency", "Open the agency", "late", needs=("agency",))
        resolve_on("inbox", "Open the inbox", ANY, needs=("draft",))
        explain("It is a field of the form.", "typed")
        yield


@pytest.mark.parametrize(
    ("code", "keys", "url"),
    [
        ("role", {"account": 7}, "/account/people/7/#role"),
        ("role", {"account": 7, "agency": "dol"}, "/account/people/7/#role"),
        ("role", {"agency": "dol"}, ""),
        ("late", {"agency": "dol"}, "/account/people/agencies/dol/"),
        ("late", {"agency": "dol", "account": 7}, "/account/people/7/#role"),
        ("typed", {"draft": 1, "account": 7}, ""),
        ("other", {"draft": 1}, "/inbox/"),
        ("role", {"draft": 1}, ""),
        ("other", {"account": 7}, ""),
    ],
)
def test_the_url_of_a_code(code: str, keys: dict[str, object], url: str) -> None:
    if code == "other" and "draft" in keys:
        target = target_of(code, keys)
        assert target is not None
        assert (target.name, target.label) == ("inbox", "Open the inbox")
        return
    assert url_of(code, keys) == url


def test_findings_get_their_urls() -> None:
    found = located([Finding.error("role", "No."), Finding.warning("typed", "No.")], {"account": 7})
    assert [finding.url for finding in found] == ["/account/people/7/#role", ""]
    target = target_of("role", {"account": 7})
    assert target is not None
    assert (target.name, target.label) == ("person", "Change the role")
