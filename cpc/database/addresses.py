"""Database connections: as the application by default, as the owner of the tables for migrations only.

The application can only read and write rows. It owns no table, so that no fault in it, and no attacker who runs code in
it, can disable a trigger, drop a constraint, or change a function that guards the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dj_database_url

from cpc import localdb

APPLICATION_ROLE = localdb.APPLICATION
"""The application's role if no URL names it."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Settings of both connections in the form of `DATABASES`, and the role whose privileges the application has.

    `owner` is None if this process does not have the owner's URL. It can't migrate then.
    """

    application: dict[str, Any]
    owner: dict[str, Any] | None
    role: str


def addresses(application: str, owner: str, *, may_assume: bool, one_session: bool) -> Addresses:
    """Return the connections for the addresses `application` and `owner`; an empty one was not given.

    `may_assume`: with one address for both, the application gives up the owner's rights when it connects (SET ROLE).
    `one_session`: do so in any case, for tests whose fixtures change roles inside one transaction.
    """
    own = parse_url(application)
    role = str(own["USER"])
    if owner and one_session:
        role = role or APPLICATION_ROLE
        return Addresses(assume_role(parse_url(owner), role), parse_url(owner), role)
    if owner:
        return Addresses(own, parse_url(owner), role)
    if may_assume:
        return Addresses(assume_role(own, APPLICATION_ROLE), own, APPLICATION_ROLE)
    return Addresses(own, None, role)


def assume_role(settings: dict[str, Any], role: str) -> dict[str, Any]:
    return settings | {"OPTIONS": settings.get("OPTIONS", {}) | {"assume_role": role}}


def parse_url(url: str) -> dict[str, Any]:
    """Return the settings for an address; a private server starts with the first connection to it."""
    settings: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    settings["OPTIONS"] = dict(settings.get("OPTIONS", {}))
    settings["HOST"] = settings["OPTIONS"].pop("host", settings["HOST"])
    settings["PORT"] = settings["OPTIONS"].pop("port", settings["PORT"])
    if settings["HOST"] in {str(server.socket_folder) for server in (localdb.DEMO, localdb.TEST)}:
        settings["ENGINE"] = "cpc.localdb"
    return settings
