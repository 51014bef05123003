"""World in which every URL can be opened, with an account for each kind of visitor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.test import Client

from cpc.accounts.models import User
from indicators.imports.publishing import publish
from indicators.imports.reading import process
from indicators.imports.receiving import receive_path
from tests.security.expected_table import addresses, url_of, visitors
from tests.support.all_cases import url_arguments
from tests.support.forms import write_csv
from tests.worlds.small_world import HEADER, World, make_world


@dataclass(frozen=True)
class Addresses:
    """Paths by URL name, and users by the kind of visitor.

    A URL with arguments is absent if its page case gives none.
    """

    small: World
    urls: Mapping[str, str]
    users: Mapping[str, User]

    def client(self, visitor: str) -> Client:
        """Return a client of this kind of visitor; an exception of the product becomes an answer with status 500."""
        made = Client(raise_request_exception=False)
        if visitor in self.users:
            made.force_login(self.users[visitor])
        return made


def _list_partners(folder: Path) -> None:
    """Publish tiers for the countries with which tests start partnerships for a stated reason."""
    rows = [HEADER, ("2024", "KEN", "Kenya", "2"), ("2024", "PER", "Peru", "2"), ("2024", "COL", "Colombia", "2")]
    received = receive_path(path=write_csv(folder / "further_tiers.csv", rows), actor=None).batch
    publish(batch_id=process(batch_id=received.pk, actor=None).pk, actor=None)


def make(folder: Path) -> Addresses:
    """Build the small world, the accounts, and the URLs.

    The accounts come before the URLs, because some URLs need their records.
    """
    small = make_world(folder)
    _list_partners(folder)
    users = visitors()
    named = [address for address in addresses() if not address.arguments or address.name in url_arguments()]
    urls = {address.name: url_of(address, small) for address in named}
    return Addresses(small, urls, users)
