"""Benchmark of search: over 2,000 narratives against 200, for a word that most sections have, a rare one, and several.

The 200 are one report of each country, the 2,000 ten reports. Sections are as long as those of a real report, and terms
as unequal as in English: each is about as common as its rank is small.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Callable
from itertools import accumulate
from statistics import median

from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.database.roles import as_owner
from cpc.search.models import Passage
from indicators.models import Country, Import, Narrative, NarrativeSection, Publication, Source, SourceFile
from tests.bench.copies import copy_of, inside
from tests.bench.measuring import WARM_UPS, Row, getting, milliseconds, query_count, row
from tests.support.accounts import make_account

COUNTRIES, REPORTS, TURNS, ROUNDS, GOAL = 200, 10, 3, 7, 2.0
SECTIONS = {"intro": 170, "prosecution": 520, "protection": 620, "prevention": 420, "profile": 330}
"""Words of each section."""
VOCABULARY = 12_000
COMMON, RARE = "brickmaking", "cocoa"
QUESTIONS = {
    "a common term": f"?q={COMMON}",
    "a rare term": f"?q={RARE}",
    "three terms": f"?q={COMMON}+{RARE}+government",
    "a phrase": f"?q=%22{RARE}+government%22",
    "a common term without another": f"?q={COMMON}+-{RARE}",
}


def run() -> list[Row]:
    """Measure the page and the answer of REST; assert that both numbers of narratives take as many queries."""
    source = connection.settings_dict["NAME"]
    few, many = f"{source}_few", f"{source}_many"
    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(ALLOWED_HOSTS=["*"], MEDIA_ROOT=folder, API_REQUESTS_A_MINUTE=10**9),
        copy_of(source, few),
        copy_of(source, many),
    ):
        passages = _fill(few, 1), _fill(many, REPORTS)
        queries = _queries(few), _queries(many)
        assert queries[0] == queries[1], f"{queries[0]} queries, and {queries[1]} with {REPORTS} times the narratives"
        times = _times(few, many)
    found = []
    for (name, url), (floor, ours) in times.items():
        detail = f"{ours:.1f} ms against {floor:.1f} ms, {queries[1][name, url]} queries both"
        found.append(row(f"search: {name}, {url.partition('?')[0]}", ours, floor, GOAL, detail))
    return [*found, row("passages", 1, 1, 1, f"{passages[1]:,} against {passages[0]:,}")]


def _fill(name: str, reports: int) -> int:
    """Fill a database, and return the number of its passages."""
    with inside(name):
        make_account(Role.ANALYST)
        with transaction.atomic():
            _add(reports)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        return Passage.objects.count()


def _add(reports: int) -> None:
    text = b"bench"
    file = SourceFile.objects.create(sha256=hashlib.sha256(text).hexdigest(), name="bench.html", size=len(text))
    batch = Import.objects.create(file=file, source=Source.objects.get(key="tip"), state="published")
    Publication.objects.create(seq=1, kind="publish", batch=batch, at=timezone.now())
    countries = list(Country.objects.order_by("pk")[:COUNTRIES])
    for year in range(2025, 2025 - reports, -1):
        narratives = Narrative.objects.bulk_create(
            Narrative(
                country=country,
                report_year=year,
                tier="Tier 2",
                title=country.name,
                locator="bench",
                file=file,
                batch=batch,
                digest="0" * 64,
                valid_from=1,
            )
            for country in countries
        )
        random_words = random.Random(year)
        NarrativeSection.objects.bulk_create(
            NarrativeSection(
                narrative=narrative, ordinal=ordinal, kind=kind, text=_text(random_words, words), locator="x"
            )
            for narrative in narratives
            for ordinal, (kind, words) in enumerate(SECTIONS.items())
        )


WORDS = ["government", COMMON, *(f"w{number:x}q" for number in range(VOCABULARY))]
WORDS[4_000] = RARE
WEIGHTS = list(accumulate(1 / rank for rank in range(3, len(WORDS) + 3)))


def _text(random_words: random.Random, words: int) -> str:
    """Return sentences of 25 words."""
    drawn = random_words.choices(WORDS, cum_weights=WEIGHTS, k=words)
    return " ".join(f"{' '.join(drawn[at : at + 25]).capitalize()}." for at in range(0, words, 25))


def _calls() -> dict[tuple[str, str], Callable[[], object]]:
    client = Client()
    client.force_login(User.objects.get(role=Role.ANALYST))
    return {
        (name, f"{page}{question}"): getting(client, f"{page}{question}")
        for page in ("/find/", "/api/v1/search/")
        for name, question in QUESTIONS.items()
    }


def _queries(name: str) -> dict[tuple[str, str], int]:
    with inside(name):
        return {key: query_count(call) for key, call in _calls().items()}


def _times(few: str, many: str) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the median milliseconds of each question in both databases, which take turns."""
    taken: dict[str, dict[tuple[str, str], list[float]]] = {few: {}, many: {}}
    for _ in range(TURNS):
        for name, found in taken.items():
            with inside(name):
                for key, call in _calls().items():
                    times = [milliseconds(call) for _ in range(WARM_UPS + ROUNDS)]
                    found.setdefault(key, []).extend(times[WARM_UPS:])
    return {key: (median(times), median(taken[many][key])) for key, times in taken[few].items()}
