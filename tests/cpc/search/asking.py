"""Questions of an account, and texts for search to find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.test import Client

from cpc.accounts.models import User
from cpc.search.models import Passage
from cpc.search.queries import Matches, Question, Result, check_question, describe, matches, results
from indicators.models import Country, Import, Narrative, NarrativeSection, Source, SourceFile
from indicators.sources.tip_narratives import NO_REPORT, SAMPLE_SOURCE


def find(text: str, user: User, **narrowed: Any) -> Matches:
    question = Question(text, **narrowed)
    check_question(question)
    return matches(question, user)


def page_of(text: str, user: User, **narrowed: Any) -> list[Result]:
    """Return the results on the first page."""
    found, question = find(text, user, **narrowed), Question(text, **narrowed)
    shown = found.rows[:10]
    return results(question, shown, user, describe([row.key for row in shown], user), is_weighed=found.is_weighed)


def titles(text: str, user: User, **narrowed: Any) -> list[str]:
    return [result.described.title for result in page_of(text, user, **narrowed)]


def over_rest(client: Client, **parameters: Any) -> dict[str, Any]:
    response = client.get("/api/v1/search/", parameters)
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    return answer


def narrative(code: str, year: int = 2025, **sections: str) -> Narrative:
    """Store a live narrative with a text for each kind of section."""
    is_sample = year == NO_REPORT
    source = Source.objects.get(key=SAMPLE_SOURCE.key if is_sample else "tip")
    file, _ = SourceFile.objects.get_or_create(sha256=f"{int(is_sample)}" * 64, name="narratives.html")
    batch, _ = Import.objects.get_or_create(file=file, source=source, state="published")
    stored = Narrative.objects.create(
        country=Country.objects.get(code=code),
        report_year=year,
        tier="" if is_sample else "Tier 2",
        title=code,
        locator="line 1",
        file=file,
        batch=batch,
        digest="0" * 64,
        valid_from=1,
    )
    for ordinal, (kind, text) in enumerate(sections.items()):
        NarrativeSection.objects.create(narrative=stored, ordinal=ordinal, kind=kind, text=text, locator="line 2")
    return stored


def stored_passages() -> Mapping[tuple[str, int], tuple[Any, ...]]:
    """Return every passage by its record, without the key that writing it again changes."""
    names = [field.name for field in Passage._meta.concrete_fields if field.name not in ("id", "kind", "record")]
    return {
        (kind, record): tuple(rest) for kind, record, *rest in Passage.objects.values_list("kind", "record", *names)
    }
