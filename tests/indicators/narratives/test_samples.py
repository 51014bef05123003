"""A narrative written for the demonstration: read as a sample alone, and never taken for one of the TIP Report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.imports.publishing import retract
from indicators.imports.reading import Choice, process
from indicators.imports.receiving import receive_path
from indicators.imports.samples import TEXT
from indicators.models import (
    Confirmation,
    Country,
    Import,
    ImportState,
    Narrative,
    Observation,
    Source,
    TraffickingForm,
)
from indicators.narratives.queries import report_years, sentences_of
from indicators.services import publish_sample_narrative
from indicators.tip_recommendations.queries import recommendations_of
from selection.countries.queries.country import newest_narrative
from tests.partnerships.error_codes import db_error_code
from tests.support.accounts import make_account
from tests.support.facts import Fact, publish_facts
from tests.support.pages import NARRATIVE, a_narrative, published

pytestmark = pytest.mark.django_db

SCORE: Fact = ("cpi.score", "GHA", "2017", "40")


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def ghana() -> Country:
    return Country.objects.get(code="GHA")


@pytest.fixture
def analyst() -> User:
    return make_account(Role.ANALYST)


@pytest.fixture
def sample(ghana: Country, analyst: User) -> Narrative:
    made = publish_sample_narrative(country=ghana, actor=analyst)
    assert made is not None
    return made


def read(folder: Path, text: str, source: str = "") -> Import:
    path = folder / "sample.txt"
    path.write_text(text, encoding="utf-8")
    batch = receive_path(path=path, actor=None).batch
    return process(batch_id=batch.pk, actor=None, choice=Choice(source=source))


# ---- the text ------------------------------------------------------------------------------------------------------


def test_the_text_has_every_section_and_each_sentence_is_marked(sample: Narrative) -> None:
    sections = {section.kind: section.text for section in sample.sections.all()}
    kinds = {"intro", "recommendations", "prosecution", "protection", "prevention", "profile"}
    assert set(sections) == kinds
    assert sections["intro"].startswith(
        "Sample narrative, written for the demonstration: it is not from the TIP Report"
    )
    sentences = [one for text in sections.values() for one in sentences_of(text)]
    unmarked = [one for one in sentences if "sample" not in one.lower()]
    assert len(sentences) > 20
    assert unmarked == []
    assert 250 <= sum(len(text.split()) for text in sections.values()) <= 400
    assert sample.recommendations.count() == 4
    assert not any(character.isdigit() for text in sections.values() for character in text)


def test_it_states_no_tier_no_value_and_no_form(sample: Narrative) -> None:
    assert (sample.is_sample, sample.report, sample.tier) == (True, "Sample narrative", "")
    assert str(sample) == "Ghana, Sample narrative"
    assert sample.batch.source is not None
    assert sample.batch.source.title == "Sample narratives, written for the demonstration"
    assert not Observation.objects.filter(batch=sample.batch).exists()
    assert not sample.forms.exists()


def test_a_country_with_a_narrative_gets_no_sample(tmp_path: Path, ghana: Country, analyst: User) -> None:
    a_narrative(tmp_path)
    assert publish_sample_narrative(country=ghana, actor=analyst) is None
    assert not Source.objects.filter(key="sample_narratives").exists()


def test_a_second_call_publishes_nothing(sample: Narrative, ghana: Country, analyst: User) -> None:
    assert publish_sample_narrative(country=ghana, actor=analyst) is None
    assert Narrative.objects.get() == sample


# ---- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["", "tip"])
def test_a_sample_is_never_read_as_a_narrative_of_the_report(tmp_path: Path, source: str) -> None:
    batch = read(tmp_path, f"SAMPLE NARRATIVE: Ghana\n{NARRATIVE}", source)
    assert batch.state == ImportState.FAILED
    assert batch.error_message == "sample.txt does not look like any publisher's file that CPC can read."


def test_a_narrative_of_the_report_is_never_read_as_a_sample(tmp_path: Path, sample: Narrative) -> None:
    batch = read(tmp_path, NARRATIVE, "sample_narratives")
    assert batch.state == ImportState.FAILED
    assert "is not a file of Sample narratives, written for the demonstration" in batch.error_message


def test_a_sample_that_states_a_tier_is_refused(tmp_path: Path, sample: Narrative) -> None:
    text = TEXT.read_text(encoding="utf-8").format(country="Benin")
    batch = read(
        tmp_path, text.replace("The sample shows", "Benin remained on Tier 2. The sample shows"), "sample_narratives"
    )
    assert batch.state == ImportState.FAILED
    assert batch.error_message == (
        "sample.txt gives Benin a tier (remained on Tier 2). A sample narrative states no tier."
    )


# ---- the database --------------------------------------------------------------------------------------------------


def values(narrative: Narrative, **changed: object) -> dict[str, Any]:
    names = ("country_id", "report_year", "tier", "title", "locator", "file_id", "batch_id", "digest", "valid_from")
    own = {name: getattr(narrative, name) for name in names}
    return {**own, "valid_to": narrative.valid_from, "superseded_at": narrative.batch.created_at, **changed}


@pytest.mark.parametrize(
    "changed", [{"report_year": 2025}, {"tier": "Tier 2"}, {"report_year": 2000}, {"report_year": -1}]
)
def test_the_database_refuses_a_sample_with_a_year_or_a_tier(sample: Narrative, changed: dict[str, object]) -> None:
    Narrative.objects.create(**values(sample))
    assert db_error_code(lambda: Narrative.objects.create(**values(sample, **changed))) == "sample_narrative"


def test_the_database_refuses_a_narrative_of_the_report_without_its_year(tmp_path: Path) -> None:
    real = a_narrative(tmp_path)
    first = values(real, report_year=2001)
    Narrative.objects.create(**first)
    for changed in ({"report_year": 2000}, {"report_year": 0, "tier": ""}):
        row = Narrative(**{**first, **changed})
        assert db_error_code(row.save) == "sample_narrative"


def test_the_database_refuses_a_form_of_a_sample(tmp_path: Path, sample: Narrative) -> None:
    named = {"ordinal": 9, "form": "Forced begging", "sentence": "A sample.", "section": "profile", "locator": "line 1"}
    real = published(tmp_path, NARRATIVE.replace("GHANA", "BENIN").replace("Ghana", "Benin"), "benin_2023.txt")
    TraffickingForm.objects.create(narrative=real.narratives.get(), **named)
    assert db_error_code(lambda: TraffickingForm.objects.create(narrative=sample, **named)) == "sample_narrative"


def test_the_database_refuses_a_value_or_confirmation_of_a_sample(tmp_path: Path, sample: Narrative) -> None:
    publish_facts(tmp_path, name="a", edition="2017", facts=[SCORE])
    publish_facts(tmp_path, name="b", edition="2018", facts=[SCORE])
    row = Observation.objects.live().get()
    confirmed = Confirmation.objects.get(observation=row)
    own = {"file_id": sample.file_id, "batch_id": sample.batch_id}

    def copied(original: Any, **changed: object) -> None:
        original.pk = None
        for name, value in changed.items():
            setattr(original, name, value)
        original.save(force_insert=True)

    assert db_error_code(lambda: copied(confirmed, **own)) == "sample_narrative"
    assert db_error_code(lambda: copied(row, period="2001", **own)) == "sample_narrative"


# ---- beside narratives of the report ---------------------------------------------------------------------------------


def test_a_narrative_of_the_report_goes_before_the_sample_and_is_not_compared_with_it(
    tmp_path: Path, sample: Narrative, ghana: Country
) -> None:
    assert newest_narrative(ghana) == sample
    assert (report_years(), recommendations_of(ghana)) == ([], [])
    real = a_narrative(tmp_path)
    assert sample.pk in Narrative.objects.live().values_list("pk", flat=True)
    assert newest_narrative(ghana) == real
    assert (report_years(), recommendations_of(ghana)) == ([2023], [])
    older = published(tmp_path, NARRATIVE.replace("every", "each"), "ghana_2022.txt").narratives.get()
    (compared,) = recommendations_of(ghana)
    assert (compared.older, compared.newer) == (older, real)
    assert list(Narrative.objects.live().of_reports()) == [real, older]


def test_a_sample_is_taken_back_like_any_import(sample: Narrative, analyst: User) -> None:
    retract(batch_id=sample.batch_id, actor=analyst, reason="The demonstration is over")
    assert not Narrative.objects.live().exists()
