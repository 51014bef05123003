"""A thing for every address and a visitor of every kind, made once for the tests of a module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.test import Client

from tests.access.arguments import ARGUMENTS
from tests.access.table import addresses, url_of, visitors
from tests.support.shared import SharedWorld, settle


@dataclass(frozen=True)
class Furnished:
    """Addresses by their names, clients by the kind of visitor, and the folder of the files.

    An address is absent where it takes arguments and arguments.py names none.
    """

    urls: Mapping[str, str]
    visitors: Mapping[str, Client]
    files: Path


def furnish(world: SharedWorld) -> Furnished:
    """Make the accounts, and then the things: some are those of an account."""
    clients = visitors()
    named = [address for address in addresses() if not address.arguments or address.name in ARGUMENTS]
    urls = {address.name: url_of(address, world.made) for address in named}
    settle()
    return Furnished(urls, clients, world.files)
