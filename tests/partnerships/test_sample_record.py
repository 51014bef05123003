"""The sample partnership of the demonstration: made once by the services, with something on every page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpc.accounts.models import User
from cpc.audit.models import AuditEntry
from cpc.demo import STEPS
from cpc.people.demo import load_accounts
from partnerships.agreements.services import open_sample
from partnerships.api_base.endpoints import record_keys_at
from partnerships.models import (
    ActionItem,
    Amendment,
    AwardState,
    Contribution,
    Partnership,
    PeriodState,
    RecordKind,
    Status,
)
from partnerships.page_frame import record_keys_of
from partnerships.sample.load import load_sample
from tests.api.test_partnerships import as_program

pytestmark = pytest.mark.django_db


def quiet(_done: int, _total: int) -> None:
    """Take no notice of progress."""


@pytest.fixture
def sample(db: None) -> Partnership:
    load_accounts(quiet)
    assert "Sample Country" in load_sample(quiet)
    return Partnership.objects.get(kind=RecordKind.SAMPLE)


def test_it_is_in_its_third_year_with_late_items(sample: Partnership) -> None:
    assert (sample.status, sample.signed_on, sample.starts_on) == (Status.ACTIVE, date(2024, 2, 6), date(2024, 2, 15))
    awards = sample.awards.order_by("pk")
    assert [row.state for row in awards] == [AwardState.ACTIVE, AwardState.ACTIVE, AwardState.ENDED]
    expected = {"planned": 4600, "notified": 4150, "awarded": 4150, "obligated": 3600, "disbursed": 2542}
    assert asdict(sample.totals) == {name: 1000 * thousands for name, thousands in expected.items()}
    assert [row.state for row in Amendment.objects.order_by("number")] == ["applied", "submitted"]
    states = list(sample.reporting_periods.order_by("starts_on").values_list("state", flat=True))
    assert states[:3] == [PeriodState.APPROVED, PeriodState.APPROVED, PeriodState.SUBMITTED]
    assert ActionItem.objects.filter(state="open", due_on__lt=timezone.now().date()).count() == 1
    xts = Contribution.objects.filter(original_currency="XTS").aggregate(total=Sum("original_amount"))["total"]
    assert xts == 5_860_000


def test_a_second_load_changes_nothing(sample: Partnership) -> None:
    entries = AuditEntry.objects.count()
    assert load_sample(quiet) == ""
    assert (Partnership.objects.count(), AuditEntry.objects.count()) == (1, entries)


def test_without_the_accounts_nothing_is_made() -> None:
    assert load_sample(quiet) == ""
    assert not Partnership.objects.exists()


def test_whoever_drafts_decides_nothing(sample: Partnership) -> None:
    drafter, approver = (User.objects.get(username=name) for name in ("analyst", "approver"))
    assert sample.opened_by == drafter
    assert sample.origin_confirmation.confirmed_by == approver
    assert {step.actor for step in sample.status_changes.filter(transition="sign")} == {approver}
    assert {row.decided_by for row in Amendment.objects.filter(state="applied")} == {approver}


def test_it_loads_before_the_ranking() -> None:
    labels = [step.label for step in STEPS.sorted(lambda step: step.order)]
    assert labels.index("Accounts") < labels.index("Sample partnership") < labels.index("First ranking")


TEXTS: Mapping[str, str] = {
    "partnership": "Stronger justice for children",
    "partnership-terms": "Open interview rooms in police stations",
    "partnership-money": "Sample Justice Institute",
    "partnership-results": "Convictions of child traffickers",
    "partnership-monitoring": "Households that know whom to call",
    "partnership-dialogues": "in one register for all centers",
    "partnership-documents": "Site visit, September 9 to 11, 2026",
    "partnership-amendments": "$400,000 for justice and communities",
    "partnership-outlook": "Trained officers are moved to other posts",
    "partnership-exceptions": "Use what is left under the limit first",
}


def test_every_page_has_something_and_is_tagged(sample: Partnership, client: Client) -> None:
    client.force_login(User.objects.get(username="analyst"))
    said: Callable[[str], str] = lambda name: client.get(reverse(name, args=[sample.pk])).text  # noqa: E731  # one line
    pages = {name: said(name) for name in TEXTS}
    assert [name for name, text in TEXTS.items() if text not in pages[name]] == []
    assert [name for name, page in pages.items() if "an example as a whole, not counted in any total" not in page] == []


@pytest.mark.parametrize("name", ["analyst", "approver"])
def test_each_link_of_an_unsigned_sample_leads_somewhere(db: None, name: str) -> None:
    load_accounts(quiet)
    drafter, reader = (User.objects.get(username=username) for username in ("analyst", name))
    draft = open_sample(title="Sample", origin_reason="To try the pages", actor=drafter)
    client = Client()
    client.force_login(reader)
    pages = ["partnership", "partnership-terms", "partnership-money", "partnership-results", "partnership-steps"]
    links = set()
    for page in pages:
        text = client.get(reverse(page, args=[draft.pk])).content.decode()
        links |= set(re.findall(r'href="(/[^"#?]*)', text))
    broken = [link for link in sorted(links) if client.get(link).status_code == 404 and "/static/" not in link]
    assert broken == []
    assert not [link for link in links if re.match(r"/countries/\w", link)], "Sample Country has no page"


PARTS = ("programs", "amounts", "contributions", "ledger", "results", "periods", "amendments")


def test_each_part_of_the_sample_is_named_as_a_sample_over_rest(sample: Partnership) -> None:
    client = as_program(User.objects.get(username="analyst"))
    for part in PARTS:
        answer = client.get(reverse(f"api:partnership-{part}", args=[sample.pk]))
        assert (part, answer.status_code, answer.headers["CPC-Record"]) == (part, 200, "sample")


def test_a_finding_about_the_sample_leads_to_no_page_of_its_country(sample: Partnership) -> None:
    assert record_keys_at(sample.pk) == {"partnership": sample.pk}
    assert record_keys_of(sample) == {"partnership": sample.pk}
