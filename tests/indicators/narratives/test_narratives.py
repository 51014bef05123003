"""Narratives on record: which one is shown, what their list counts, and analysts' verdicts on their forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from indicators.imports.publishing import publish, retract
from indicators.models import FormReview, Import, Narrative, NarrativeSection, StagedNarrative
from indicators.narrative_reviews.services import review_form
from indicators.narratives import queries
from indicators.observations.queries import resolve_as_of
from tests.support.accounts import make_account
from tests.support.pages import NARRATIVE, a_narrative, previewed, published
from tests.support.unguarded import owner_rights

pytestmark = pytest.mark.django_db

BENIN = NARRATIVE.replace("GHANA", "BENIN").replace("Ghana", "Benin")
OTHER = NARRATIVE.replace("every sample inspector", "each sample inspector")


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def analyst() -> User:
    return make_account(Role.ANALYST)


def live() -> Narrative:
    return Narrative.objects.live().get(country__code="GHA", report_year=2023)


# ---- publishing ----------------------------------------------------------------------------------------------------


def test_a_narrative_with_the_same_text_changes_nothing_and_another_replaces_it(tmp_path: Path) -> None:
    first = a_narrative(tmp_path)
    published(tmp_path, NARRATIVE + "\n", "ghana_2023_again.txt")
    assert live() == first
    later = published(tmp_path, OTHER, "ghana_2023_later.txt")
    assert live().batch == later
    first.refresh_from_db()
    assert (first.valid_from, first.valid_to) == (1, 3)
    assert first.superseded_at is not None
    assert [row.ordinal for row in live().recommendations.all()] == [1, 2]
    published(tmp_path, NARRATIVE + "\n\n", "ghana_2022.txt")
    assert Narrative.objects.live().count() == 2


def cut(batch: Import) -> Import:
    """Mark the first section of a staged narrative as truncated."""
    staged = StagedNarrative.objects.get(batch=batch)
    staged.content["sections"][0]["cut"] = True
    with owner_rights():
        staged.save()
    return batch


def test_a_truncated_narrative_does_not_replace_a_complete_one(tmp_path: Path) -> None:
    first = a_narrative(tmp_path)
    batch = cut(previewed(tmp_path, OTHER, "ghana_2023_cut.txt"))
    publish(batch_id=batch.pk, actor=None)
    assert live() == first
    late = Narrative.objects.get(batch=batch)
    assert (late.valid_from, late.valid_to, late.superseded_at is None) == (2, 2, False)


def test_a_truncated_narrative_is_replaced_by_any_other(tmp_path: Path) -> None:
    first = cut(previewed(tmp_path, NARRATIVE, "ghana_2023.txt"))
    publish(batch_id=first.pk, actor=None)
    assert live().batch == first
    second = cut(previewed(tmp_path, OTHER, "ghana_2023_cut.txt"))
    publish(batch_id=second.pk, actor=None)
    assert live().batch == second
    whole = published(tmp_path, NARRATIVE + "Another sentence of the profile is here.\n", "ghana_2023_whole.txt")
    assert live().batch == whole


def test_taking_a_narrative_back_restates_the_newest_one_that_is_still_published(tmp_path: Path) -> None:
    first = a_narrative(tmp_path)
    second = published(tmp_path, OTHER, "ghana_2023_b.txt")
    third = published(tmp_path, OTHER.replace("each", "any"), "ghana_2023_c.txt")
    retract(batch_id=second.pk, actor=None, reason="Wrong")
    assert live().batch == third
    retract(batch_id=third.pk, actor=None, reason="Wrong")
    again = live()
    assert (again.batch, again.reasserts, again.digest) == (first.batch, first, first.digest)
    for part in ("sections", "recommendations", "forms"):
        texts = [[str(row) for row in getattr(of, part).all()] for of in (first, again)]
        assert texts[0] == texts[1] != [], part
    retract(batch_id=first.batch_id, actor=None, reason="Wrong")
    assert not Narrative.objects.live().exists()


# ---- verdicts ------------------------------------------------------------------------------------------------------


def test_the_newest_verdict_counts_and_the_same_again_adds_nothing(tmp_path: Path, analyst: User) -> None:
    narrative = a_narrative(tmp_path)
    (form,) = narrative.forms.all()
    first = review_form(form_id=form.pk, verdict="confirmed", reviewer=analyst)
    assert review_form(form_id=form.pk, verdict="confirmed", reviewer=analyst) == first
    review_form(form_id=form.pk, verdict="rejected", reviewer=analyst)
    review_form(form_id=form.pk, verdict="confirmed", reviewer=analyst)
    assert FormReview.objects.count() == 3
    (entry,) = queries.form_entries(narrative)
    assert (entry.verdict, entry.number, entry.sentence) == ("confirmed", 1, 1)
    changes = AuditEntry.objects.filter(action="reviewed").order_by("pk").values_list("before", "after")
    assert list(changes) == [
        (None, {"verdict": "confirmed"}),
        ({"verdict": "confirmed"}, {"verdict": "rejected"}),
        ({"verdict": "rejected"}, {"verdict": "confirmed"}),
    ]


def test_forms_await_a_verdict_while_their_narrative_is_live(tmp_path: Path, analyst: User) -> None:
    narrative = a_narrative(tmp_path)
    assert list(queries.to_confirm()) == [narrative]
    published(tmp_path, OTHER, "ghana_2023_later.txt")
    (newer,) = live().forms.all()
    assert list(queries.to_confirm()) == [live()]
    review_form(form_id=newer.pk, verdict="rejected", reviewer=analyst)
    assert not queries.to_confirm().exists()


# ---- the list and the page -----------------------------------------------------------------------------------------


def listed(**narrowed: Any) -> list[tuple[str, int, int, int, int]]:
    return [
        (row.narrative.country.code, row.narrative.report_year, row.recommendations, row.forms, row.waiting)
        for row in queries.narratives(**narrowed)
    ]


def test_the_list_is_by_country_with_the_newest_report_first(tmp_path: Path, analyst: User) -> None:
    for name, text in (("ghana_2022", NARRATIVE), ("ghana_2023", OTHER), ("benin_2023", BENIN)):
        published(tmp_path, text, f"{name}.txt")
    (form,) = live().forms.all()
    review_form(form_id=form.pk, verdict="rejected", reviewer=analyst)
    benin, newer, older = ("BEN", 2023, 2, 1, 1), ("GHA", 2023, 2, 1, 0), ("GHA", 2022, 2, 1, 1)
    assert listed() == [benin, newer, older]
    assert listed(year=2022) == [older]
    assert listed(query="BÉN") == [benin]
    assert listed(query="atlantis") == []
    assert queries.report_years() == [2023, 2022]
    assert queries.report_years(1) == [2022]
    assert listed(as_of=resolve_as_of("2")) == [("GHA", 2023, 2, 1, 1), older]
    assert listed(as_of=resolve_as_of("0")) == []


def test_superseded_narrative_links_to_its_successor(tmp_path: Path) -> None:
    first = a_narrative(tmp_path)
    page = queries.narrative_page(first.pk)
    assert page is not None
    assert (page.successor, page.waiting) == (None, 1)
    assert [section.section.kind for section in page.sections] == ["intro", "profile"]
    assert len(page.recommendations) == 2
    published(tmp_path, OTHER, "ghana_2023_later.txt")
    later = queries.narrative_page(first.pk)
    assert later is not None
    assert later.successor == live()
    assert queries.narrative_page(0) is None


def test_a_quotation_is_found_verbatim_but_for_its_spaces(tmp_path: Path) -> None:
    narrative = a_narrative(tmp_path)
    assert queries.has_sentence(narrative, "Traffickers  exploit children\nin domestic servitude.")
    assert queries.has_sentence(narrative, "Train every sample inspector.")
    assert not queries.has_sentence(narrative, "Traffickers exploit no one.")
    assert not queries.has_sentence(narrative, " ")
    assert NarrativeSection.objects.filter(narrative=narrative).count() > 1
