"""Test worlds by name, each with its content and the world that it extends."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from tests.worlds.databases import PRIVATE, Clones, World, own_templates, server_templates

EMPTY = World("empty", "tests.worlds.facts.none", daily=False)
"""Reference data of every installation: countries, sources, the shipped scoring model, agencies."""

FACTS = World("facts", "tests.worlds.facts.shipped", EMPTY, daily=False)
"""All facts shipped with the project."""

SMALL = World("small", "tests.worlds.small_world.make_world", EMPTY)
"""Two editions, an upload at its preview, a narrative, and a ranking of two countries."""

RANKING = World("ranking", "tests.support.rankings.make_screen", EMPTY)
"""A published pool of 30 ranked countries and its desk screen."""

SCORING = World("scoring", "tests.support.rounds.in_scoring", RANKING)
"""The world `ranking` with the people of the office and a scored round in scoring."""

CONSULTATION = World("consultation", "tests.support.rounds.in_consultation", SCORING)
"""The same with that round in consultation."""

DELIBERATION = World("deliberation", "tests.selection.decisions.deliberating.deliberation", RANKING)
"""That ranking with the people of the office and a round in deliberation, on Ghana with an objection."""

DECIDED = World("decided", "tests.selection.decisions.deliberating.select_ghana", DELIBERATION)
"""The same with Ghana selected, and the round closed as decided with its memo."""

ACTIVE = World("active", "tests.worlds.partnerships.build.in_force", EMPTY)
"""An analyst, an approver and one partnership in force, with Ghana: four million planned and notified."""

EXTENDABLE = World("extendable", "tests.worlds.partnerships.build.in_force_for_four_years", EMPTY)
"""The same with a term of four years, which may become a year longer."""

DOCUMENTED = World("documented", "tests.worlds.facts.real_partnerships", EMPTY)
"""The eight real partnerships, from public statements."""

ADDRESSES = World("addresses", "tests.security.url_world.make", EMPTY)
"""A world in which every URL can be opened, with an account for each kind of visitor."""

AGENCIES = World("agencies", "tests.security.agencies_world.make", EMPTY)
"""Agencies asked in the same round, in another, or not at all, and planted text in every field that people write."""

INSTALLATION = World("installation", "tests.worlds.demonstration.installation", EMPTY)
"""Accounts alone: an installation before its first import."""

NEWCOMER = World("newcomer", "tests.worlds.demonstration.newcomers", FACTS)
"""The demonstration of `make run`: accounts, shipped facts, a first ranking, a round, the real partnerships."""

DEMONSTRATION = World("demonstration", "tests.worlds.demonstration.demonstration", NEWCOMER)
"""The demonstration with imports, rounds, and partnerships in every state."""

ALL = (
    EMPTY,
    FACTS,
    SMALL,
    RANKING,
    SCORING,
    CONSULTATION,
    DELIBERATION,
    DECIDED,
    ACTIVE,
    EXTENDABLE,
    DOCUMENTED,
    ADDRESSES,
    AGENCIES,
    INSTALLATION,
    NEWCOMER,
    DEMONSTRATION,
)
WORLDS = {world.name: world for world in ALL}


@contextmanager
def clones_of(process: str) -> Iterator[Clones]:
    """Give a process its clones of the worlds, and drop them at the end.

    On a server of the user's own, the templates are dropped as well.
    """
    before = connection.settings_dict["NAME"]
    with tempfile.TemporaryDirectory() as folder:
        private = connection.settings_dict["ENGINE"] == PRIVATE
        templates = server_templates() if private else own_templates(Path(folder), process)
        made = Clones(templates, WORLDS, f"test_cpc_{process}")
        made.drop_all()
        try:
            yield made
        finally:
            made.drop_all()
            templates.drop_all()
            connection.settings_dict["NAME"] = before
