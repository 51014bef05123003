"""URLs of pages that other apps serve, and the ranks of countries, if the user may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, resolve, reverse

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission


def country_url(code: str, user: User) -> str:
    """Return the URL of a country's page, or "" if there is none or the user may not open it."""
    try:
        url = reverse("country", kwargs={"code": code})
    except NoReverseMatch:
        return ""
    needed: Permission | None = getattr(resolve(url).func, "required_permission", None)
    return url if needed is None or user.allows(needed) else ""


@dataclass(frozen=True, slots=True)
class CountryRank:
    """Rank of a country in the newest ranking, or that it is provisional."""

    rank: int | None = None
    is_provisional: bool = False


RankProvider = Callable[[User], Mapping[str, CountryRank]]
"""Function that returns the rank of each country by code, as far as the user may see the ranking."""

_providers: list[RankProvider] = []


def register_ranks(provide: RankProvider) -> RankProvider:
    """Register the function of the app that ranks countries; it replaces one registered before."""
    _providers[:] = [provide]
    return provide


def country_ranks(user: User) -> Mapping[str, CountryRank]:
    """Return the ranks of countries by code; none before there is a ranking, or if the user may not see it."""
    return _providers[0](user) if _providers else {}
