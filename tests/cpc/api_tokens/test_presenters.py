"""The tables of tokens: what each cell says, and the state of a token at the moment it ends."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from cpc.accounts.models import ApiToken, User
from cpc.api_tokens import presenters
from tests.support.cells import cells, links, marks, plain

NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
DAY, SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def token(**changes: Any) -> ApiToken:
    return ApiToken(
        **{
            "pk": 6,
            "owner": User(name="Ana"),
            "name": "Nightly copy",
            "prefix": "cpc_ab12",
            "scopes": ["observations:read", "rankings:read"],
            "created_at": NOW - 5 * DAY,
            "expires_at": NOW + 30 * DAY,
            "last_used_at": NOW - DAY,
            **changes,
        }
    )


def test_a_row_of_the_tokens_of_all_accounts() -> None:
    row = cells(presenters.ALL_TOKENS.columns, token())
    assert row == {
        "Token": "Nightly copy / cpc_ab12…",
        "Account": "Ana",
        "Can do": "observations:read rankings:read",
        "Issued": "Nov 19, 2026",
        "Last used": "Nov 23, 2026, 09:00 UTC",
        "State": "Valid / until Dec 24, 2026",
        "Revoke": "Revoke Nightly copy",
    }
    assert links(presenters.ALL_TOKENS.columns, token()) == ["/account/tokens/6/revoke/"]
    own = cells(presenters.OWN_TOKENS.columns, token(last_used_at=None))
    assert (list(own), own["Last used"]) == ([name for name in row if name != "Account"], "Never")


@pytest.mark.parametrize(
    ("changes", "text", "kind", "action"),
    [
        ({"expires_at": NOW + SECOND}, "Valid / until Nov 24, 2026", "good", "Revoke Nightly copy"),
        ({"expires_at": NOW}, "Expired / Nov 24, 2026", "none", "Not needed"),
        ({"expires_at": NOW - SECOND}, "Expired / Nov 24, 2026", "none", "Not needed"),
        ({"revoked_at": NOW - DAY}, "Revoked / Nov 23, 2026", "none", "Not needed"),
        ({"revoked_at": NOW - 3 * DAY, "expires_at": NOW - DAY}, "Revoked / Nov 21, 2026", "none", "Not needed"),
        ({"owner": User(name="Ana", is_active=False)}, "Account disabled", "warn", "Revoke Nightly copy"),
        (
            {"owner": User(name="Ana", is_active=False), "expires_at": NOW},
            "Expired / Nov 24, 2026",
            "none",
            "Not needed",
        ),
    ],
)
def test_the_state_of_a_token(changes: dict[str, Any], text: str, kind: str, action: str) -> None:
    found = token(**changes)
    assert plain(presenters.token_state(found)) == text
    assert marks(presenters.REST, found) == [kind]
    assert cells(presenters.REST, found)["Revoke"] == action


@pytest.mark.parametrize(
    ("changes", "valid"),
    [
        ({"expires_at": NOW + SECOND}, True),
        ({"expires_at": NOW}, False),
        ({"expires_at": NOW - SECOND}, False),
        ({"revoked_at": NOW}, False),
    ],
)
def test_a_token_is_valid_until_the_moment_it_expires(changes: dict[str, Any], valid: bool) -> None:
    assert token(**changes).is_valid(NOW) is valid


def test_the_scopes_of_a_token_have_labels() -> None:
    assert token().scope_labels == [
        "Read observations, sources, indicators, and countries",
        "Read rankings and scores",
    ]
