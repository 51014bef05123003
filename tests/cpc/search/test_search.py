"""Search: which subjects a question finds, in which order, and with which passages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.search.queries import LONGEST_QUESTION, WEIGHED, Question, UnclearQuestion, check_question
from indicators.curated.services import record_row
from indicators.models import Country, NarrativeSection, NationalPlan
from indicators.reference_data import record_sources
from indicators.sources.tip_narratives import NO_REPORT, SAMPLE_SOURCE
from tests.cpc.search.asking import find, narrative, page_of, titles
from tests.support.accounts import make_account
from tests.support.unguarded import owner_rights
from tests.worlds.partnerships.build import Active

CIV = "Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire"

pytestmark = pytest.mark.django_db


@pytest.fixture
def analyst(db: None) -> User:
    return make_account(Role.ANALYST)


def test_a_term_of_a_narrative_finds_its_country_with_the_sentence(analyst: User) -> None:
    stored = narrative("CIV", 2018, profile="Girls sew. Boys are forced to work in cocoa production. Others beg.")
    (result,) = page_of("cocoa", analyst)
    (source,) = result.sources
    section = stored.sections.get()
    assert (result.described.title, result.described.url) == (CIV, "/countries/CIV/")
    assert source.snippet.html == "Boys are forced to work in <mark>cocoa</mark> production."
    assert (source.label, source.detail) == ("TIP Report narrative, 2018", "Trafficking profile")
    assert source.url.startswith(f"/data/narratives/{stored.pk}/#section-{section.pk}:~:text=Boys%20are%20forced")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("inspectors", {"GHA", "TGO"}),
        ("Inspector", {"GHA", "TGO"}),
        ("inspectors cocoa", {"TGO"}),
        ('"labor inspectors"', {"GHA"}),
        ('"inspectors labor"', set()),
        ("inspectors -cocoa", {"GHA"}),
        ("sherry or reglement", {"GHA", "TGO"}),
        ("Règlement", {"TGO"}),
        ("reglement", {"TGO"}),
        ("coffee", {"TGO"}),
        ("cocoa/coffee", {"TGO"}),
        ("cocoa & coffee | !inspectors <-> :* \\ '", {"TGO"}),
        ("<script>alert(1)</script>", set()),
        ("%s {0} % %% {{", set()),
        ("inspectors\x00\u200b\ud800", {"GHA", "TGO"}),
        ('"inspectors', {"GHA", "TGO"}),
        ("nothingness", set()),
    ],
)
def test_terms_phrases_exclusions_accents_endings_and_signs(analyst: User, asked: str, found: set[str]) -> None:
    narrative("GHA", prevention="The labor inspectors drank sherry.")
    narrative("TGO", prevention="Inspection by inspectors of cocoa/coffee follows a règlement.")
    keys = [row.key.subject for row in find(asked, analyst).rows if row.key.kind == "country"]
    assert set(Country.objects.filter(pk__in=keys).values_list("code", flat=True)) == found


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("", "Enter a term"),
        (" \t\u200b\x00 ", "Enter a term"),
        ("the of and", "very common"),
        ("&|!()<>:*'", "very common"),
        ("-cocoa", "has a minus"),
        ("-cocoa -coffee", "has a minus"),
        ("the -cocoa", "has a minus"),
        ("x" * (LONGEST_QUESTION + 1), "at most 200"),
    ],
)
def test_a_question_without_anything_to_find_is_refused_with_a_remedy(asked: str, message: str) -> None:
    with pytest.raises(UnclearQuestion, match=message):
        check_question(Question(asked))


def test_a_question_of_the_longest_length_is_searched_for(analyst: User) -> None:
    assert find("x" * LONGEST_QUESTION, analyst).rows == []


def test_names_and_codes_come_before_texts_and_several_passages_before_one(analyst: User) -> None:
    narrative("TGO", profile="Traffickers take children to Ghana, and from Ghana.")
    narrative("NGA", profile="Traffickers take children to Ghana.", prevention="Officials met in Ghana.")
    assert titles("Ghana", analyst) == ["Ghana", "Nigeria", "Togo"]
    assert titles("GHA", analyst) == ["Ghana"]
    assert titles("ivory coast", analyst) == [CIV]
    assert titles("cote d'ivoire", analyst) == [CIV]


def test_terms_near_each_other_rank_higher(analyst: User) -> None:
    narrative("GHA", profile=f"Cocoa is grown. {'Other sentences follow here. ' * 20}Fishing is common.")
    narrative("TGO", profile=f"Cocoa and fishing are common. {'Other sentences follow here. ' * 20}")
    assert titles("cocoa fishing", analyst) == ["Togo", "Ghana"]


def test_a_subject_has_one_passage_of_each_source_and_counts_the_others(analyst: User) -> None:
    for year in (2021, 2022, 2023, 2024):
        narrative("GHA", year, profile="Cocoa. Boys work on cocoa farms.", prevention="No cocoa was certified.")
    (result,) = page_of("cocoa", analyst)
    assert (result.passages, result.other_sources) == (8, 1)
    assert [source.passages for source in result.sources] == [2, 2, 2]
    assert len({source.label for source in result.sources}) == 3


def test_year_region_and_author_narrow_and_leave_out_what_has_none(analyst: User) -> None:
    other = make_account(Role.ANALYST, username="other")
    narrative("GHA", 2020, profile="Cocoa")
    narrative("PER", 2024, profile="Cocoa")
    for user, code in ((analyst, "KEN"), (other, "TGO")):
        row = NationalPlan(country=Country.objects.get(code=code), kind="action_plan", title="Cocoa plan", source="x")
        record_row(row=row, actor=user)
    assert set(titles("cocoa", analyst)) == {"Ghana", "Peru", "Kenya", "Togo"}
    assert titles("cocoa", analyst, from_year=2020) == titles("cocoa", analyst, from_year=2019)
    assert set(titles("cocoa", analyst, from_year=2020)) == {"Ghana", "Peru"}
    assert titles("cocoa", analyst, from_year=2021) == ["Peru"]
    assert set(titles("cocoa", analyst, region="Africa")) == {"Ghana", "Kenya", "Togo"}
    assert titles("cocoa", analyst, mine=True) == ["Kenya"]
    assert titles("cocoa", other, mine=True, region="Africa") == ["Togo"]


def test_samples_come_last_and_count_nowhere(analyst: User) -> None:
    with owner_rights():
        record_sources([SAMPLE_SOURCE])
    narrative("GHA", NO_REPORT, profile="Cocoa " * 9, prevention="Cocoa")
    narrative("TGO", 2024, profile="A single mention of cocoa among many other terms of a long text")
    found = find("cocoa", analyst)
    assert [row.key.is_sample for row in found.rows] == [False, True]
    assert ({subject.key: count for subject, count in found.by_kind.items()}, found.samples) == ({"country": 1}, 1)
    assert [result.sources[0].label for result in page_of("cocoa", analyst)][1] == "Sample narrative"


@pytest.mark.world("active")
def test_parts_of_a_partnership_are_found_under_it_until_they_are_gone(active: Active) -> None:
    partnership, reader = active.partnership, active.stage.approver
    objective = partnership.objectives.get(title="Courts")
    (result,) = [one for one in page_of("courts cases brought", reader) if one.key.kind == "partnership"]
    assert (result.described.title, result.sources[0].label) == (partnership.title, "Objective")
    assert result.sources[0].url.startswith(f"/partnerships/{partnership.pk}/terms/#:~:text=")
    assert objective.title in result.sources[0].snippet.text or "cases" in result.sources[0].snippet.text
    assert titles("courts", reader, region="Africa") == [partnership.title]
    assert titles("courts", reader, region="Europe and Eurasia") == []


def test_more_passages_than_are_weighed_are_ordered_by_their_number(analyst: User) -> None:
    stored = narrative("GHA", profile="Cocoa")
    narrative("TGO", profile="Cocoa " * 9)
    assert titles("cocoa", analyst) == ["Togo", "Ghana"]
    sections = [
        NarrativeSection(narrative=stored, ordinal=number, kind="profile", text=f"Cocoa {number}", locator="x")
        for number in range(2, WEIGHED)
    ]
    NarrativeSection.objects.bulk_create(sections)
    assert find("cocoa", analyst).is_weighed
    NarrativeSection.objects.create(narrative=stored, ordinal=0, kind="intro", text="Cocoa", locator="x")
    assert not find("cocoa", analyst).is_weighed
    assert titles("cocoa", analyst) == ["Ghana", "Togo"]


def test_ten_thousand_passages_of_one_country_take_as_many_queries_as_one(analyst: User) -> None:
    stored = narrative("GHA", profile="Cocoa")
    with CaptureQueriesContext(connection) as few:
        page_of("cocoa", analyst)
    NarrativeSection.objects.bulk_create(
        NarrativeSection(narrative=stored, ordinal=number, kind="profile", text=f"Cocoa farm {number}", locator="x")
        for number in range(1, 10_000)
    )
    with CaptureQueriesContext(connection) as many:
        (result,) = page_of("cocoa", analyst)
    assert result.passages == result.sources[0].passages == 10_000
    assert (len(result.sources), result.other_sources, len(many)) == (1, 0, len(few))
