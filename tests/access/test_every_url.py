"""Deny by default: what every address answers to every kind of visitor stands in one table."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.access.arguments import ARGUMENTS
from tests.access.furnished import Furnished
from tests.access.table import (
    METHODS,
    TABLE,
    VISITORS,
    Address,
    Row,
    actual,
    addresses,
    read_table,
    suggested,
    wanting,
)

pytestmark = pytest.mark.long

ROWS = read_table()
ADDRESSES = addresses()


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name or address.route)
def test_every_address_answers_every_visitor_as_the_table_says(
    address: Address, furnished: Furnished, db: None, settings: Settings
) -> None:
    assert address.name, f"{address.route} has no name; give it one, so that the table can list it"
    assert address.name in furnished.urls, wanting(address)
    settings.MEDIA_ROOT = furnished.files
    found = actual(furnished.urls[address.name], furnished.visitors)
    assert address.name in ROWS, "\n".join(
        [
            f"{address.name} ({address.route}) is not in {TABLE.name}. It answers now as below; if every answer is",
            "what it should be, add:",
            *map(str, suggested(address.name, found)),
        ]
    )
    wrong = [
        f"{TABLE.name}, line {row.line}: {method} {address.name} as {visitor}: expected {expected}, got {got}"
        for row in ROWS[address.name]
        for method in row.methods
        for visitor, expected, got in zip(VISITORS, row.answers, found[method], strict=True)
        if got != expected
    ]
    assert not wrong, "\n".join(wrong)


def test_the_table_lists_every_method_of_addresses_that_exist_once() -> None:
    existing = {address.name for address in ADDRESSES}
    wrong = [f"{TABLE.name}: {name} is no address any more; remove its rows" for name in ROWS if name not in existing]
    for name, rows in ROWS.items():
        listed = sorted(method for row in rows for method in row.methods)
        if listed != sorted(METHODS):
            wrong.append(f"{TABLE.name}: {name} lists {', '.join(listed)}; list each of {', '.join(METHODS)} once")
    wrong += [f"arguments.py: {name} is no address any more" for name in ARGUMENTS if name not in existing]
    assert not wrong, "\n".join(wrong)


def test_no_two_addresses_share_a_name() -> None:
    names = [address.name for address in ADDRESSES]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    "row", [row for rows in ROWS.values() for row in rows], ids=lambda row: f"{row.name}-{row.line}"
)
def test_a_disabled_account_is_nobody(row: Row) -> None:
    answers = dict(zip(VISITORS, row.answers, strict=True))
    assert answers["disabled"] == answers["anonymous"]
