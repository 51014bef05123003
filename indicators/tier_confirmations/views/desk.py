"""Desk of one report: its tiers as one user confirms them, the selected one, and what the list shows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from indicators.countries import normalize
from indicators.cross_app_links import country_ranks
from indicators.models import Country, TierConfirmation, TierSitting
from indicators.sources.tip_report import SOURCE
from indicators.tier_confirmations import queries
from indicators.tier_confirmations.forms import KEYS, TierAnswerForm
from indicators.tier_confirmations.passages import passage_of, years_with_text
from indicators.tier_confirmations.presenters import PER_PAGE, counts_of, list_url, tier_table
from indicators.tier_confirmations.queries import Group, TierRow
from indicators.tier_confirmations.sampling import sample_size
from indicators.tier_confirmations.spot_checks import spot_check

STATES = {"": "Not confirmed first", "differs": "Sources differ", "open": "Not confirmed", "confirmed": "Confirmed"}
_GROUPS = {"differs": Group.DIFFERS, "open": Group.OPEN, "confirmed": Group.CONFIRMED}


class Desk:
    """Tiers of one report as one user confirms them: rows in their order, and the one that is selected."""

    def __init__(self, user: User, year: int, code: str = "") -> None:
        self.user, self.year = user, year
        self.rows = queries.tier_rows(year, country_ranks(user))
        self.open = [row for row in self.rows if row.is_open]
        self.sitting = queries.open_sitting(year)
        self.check = spot_check(self.sitting) if self.sitting else None
        self.country = get_object_or_404(Country, code=code) if code else None
        self.row = self._find(code) if code else next(iter(self.open), None)

    def _find(self, code: str) -> TierRow | None:
        return next((row for row in self.rows if row.country.code == code), None)

    @property
    def is_drawn(self) -> bool:
        return self.check is not None and bool(self.check.cases)

    @property
    def may_confirm(self) -> bool:
        """Return True if the user can confirm the selected tier now."""
        allowed = self.user.allows(Permission.CONFIRM_NARRATIVES)
        return allowed and self.row is not None and self.row.is_open and not self.is_drawn

    def beside(self, step: int) -> TierRow | None:
        """Return the open tier after the selected one (1) or before it (-1); after the last comes the first."""
        if self.row is None:
            return None
        others = [row for row in self.open if row.country != self.row.country]
        if not others:
            return None
        later = [row for row in others if row.order > self.row.order]
        if step > 0:
            return later[0] if later else others[0]
        earlier = others[: len(others) - len(later)]
        return earlier[-1] if earlier else others[-1]

    def _url(self, row: TierRow | None) -> str:
        return list_url(self.year, row.country.code, "country") if row else ""

    @property
    def undo(self) -> TierConfirmation | None:
        """Return the confirmation that the user made last and can still take back."""
        if self.sitting is None or self.is_drawn:
            return None
        mine = TierConfirmation.objects.live().filter(sitting=self.sitting, recorded_by=self.user)
        return mine.select_related("country").order_by("-pk").first()

    @cached_property
    def form_arguments(self) -> dict[str, Any]:
        text = self.row.narrative if self.row else None
        return {
            "revision": self.row.revision if self.row else "",
            "has_text": text is not None,
            "origin": queries.origin_of(text) if text else "",
        }

    def context(self, form: TierAnswerForm | None) -> dict[str, Any]:
        """Return the part of the page beside the list: the passage, the form, and what the sitting waits for."""
        row, total = self.row, len(self.open) + sum(row.confirmation is not None for row in self.rows)
        return {
            "desk": self,
            "year": self.year,
            "row": row,
            "is_mine": row is not None and row.confirmation is not None and row.confirmation.recorded_by == self.user,
            "passage": passage_of(row.country.pk, self.year) if row else None,
            "has_texts": self.year in years_with_text(),
            "form": form,
            "keys": KEYS,
            "next": self.beside(1),
            "next_url": self._url(self.beside(1)),
            "previous": self.beside(-1),
            "previous_url": self._url(self.beside(-1)),
            "number": self.open.index(row) + 1 if row in self.open else 0,
            "finding": counts_of(self.rows),
            "check": self.check,
            "published": TierSitting.objects.filter(report_year=self.year, batch__isnull=False).first(),
            "to_confirm": total,
            "sample": sample_size(total, total),
            "may_import": self.user.allows(Permission.IMPORT_DATA),
            "may_confirm": self.user.allows(Permission.CONFIRM_NARRATIVES),
            "to_read": self.check.to_read_by(self.user) if self.check else [],
            "source": SOURCE,
        }


def list_context(request: HttpRequest, desk: Desk, form: TierAnswerForm | None) -> dict[str, Any]:
    """Return the whole context of the list, filtered as the query asks."""
    query, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    if state not in STATES:
        raise BadRequest(f"There is no state “{state}”. Choose one from the list.")
    wanted = normalize(query)
    shown = [
        row for row in desk.rows if wanted in normalize(row.country.name) and (not state or row.group is _GROUPS[state])
    ]
    selected = desk.row.country.code if desk.row else ""
    table = tier_table(desk.rows, year=desk.year, user=desk.user, selected=selected)
    page = table.page(request, shown) if "page" in request.GET else _page_of(shown, selected)
    return desk.context(form) | {
        "years": queries.report_years(),
        "q": query,
        "state": state,
        "states": STATES,
        "table": table,
        "page": page,
    }


def _page_of(shown: Sequence[TierRow], code: str) -> Page[TierRow]:
    """Return the page of the list on which a country is."""
    position = next((index for index, row in enumerate(shown) if row.country.code == code), 0)
    return Paginator(shown, PER_PAGE).page(position // PER_PAGE + 1)
