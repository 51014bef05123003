"""No withheld name or location leaves by the IATI file, by REST, or by a document for readers outside."""

from __future__ import annotations

import hashlib
import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from docx import Document

from cpc.accounts.permissions import Role
from partnerships.models import Activity, Award, LedgerKind, Partnership, SubAward
from partnerships.money.services import record_notification
from partnerships.publication.services import edit_activity, publish_document
from partnerships.withheld import naming
from partnerships.word_documents.making import make_notification, make_report
from partnerships.word_documents.notification import NotifiedAmount
from partnerships.word_documents.report_year import Readers, ReportYear
from tests.api.test_partnerships import as_program
from tests.partnerships.publication.entries import enter_all, published
from tests.partnerships.publication.withheld_items import determine, withhold
from tests.partnerships.sending import client_of
from tests.support.accounts import make_account
from tests.worlds.partnerships.build import Stage

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()
BEGINS, ENDS = date(TODAY.year - 1, 1, 1), date(TODAY.year + 2, 1, 1)
NETWORK, GROUP, ROAD, AGENCY = "Sample Child Care Network", "Sample Village Group", "12 Sample Road", "UN Sample Agency"
OF_ONE = "/api/v1/partnerships/{id}/"
HIDDEN = (NETWORK, GROUP, ROAD, AGENCY)


@pytest.fixture
def partnership(facts: None) -> Partnership:
    """Return a partnership in whose texts a withheld name or location is everywhere."""
    stage = Stage()
    found = stage.draft("KEN", starts_on=BEGINS, ends_on=ENDS)
    Partnership.objects.filter(pk=found.pk).update(title="Compact with Kenya")
    found.refresh_from_db()
    Activity.objects.create(
        partnership=found,
        objective=found.objectives.earliest("pk"),
        title=f"Open {ROAD}",
        planned_start=BEGINS,
        planned_end=ENDS,
        place=ROAD,
        implementer=GROUP,
    )
    stage.program(found, "1000.00")
    stage.sign(found, BEGINS)
    record_notification(
        partnership=found,
        sent_on=BEGINS - timedelta(days=15),
        amount=Decimal(1000),
        reference="CN 1",
        actor=stage.analyst,
    )
    found = stage.step(found, "start", BEGINS)
    award = stage.award(found)
    Award.objects.filter(pk=award.pk).update(recipient=NETWORK, title=f"Shelters of {NETWORK}")
    stage.move(award, LedgerKind.AWARD, "900.00", BEGINS)
    stage.move(award, LedgerKind.OBLIGATION, "800.00", BEGINS)
    SubAward.objects.create(award=award, recipient=GROUP, purpose=f"Beds of {GROUP}", amount=1)
    withhold(stage, found, AGENCY, prints_instead="An agency")
    withhold(stage, found, ROAD, kind="location")
    text = "For children, by SAMPLE child  care network, un sample agency, and others, 12 sample road."
    enter_all(found, stage.analyst, text)
    document = stage.document(found, f"Plan of {AGENCY}").document
    link = {"category": "A09", "address": "https://publisher.example/un-sample-agency.pdf", "goes_out": True}
    publish_document(document=document, values=link, actor=stage.analyst)
    return found


def disclosed(text: str) -> list[str]:
    flat = " ".join(text.replace("-", " ").split()).casefold()
    return [name for name in HIDDEN if name.casefold() in flat]


def test_the_file_names_none_of_them(partnership: Partnership) -> None:
    found = published(partnership, TODAY)
    assert disclosed(found.file().decode()) == []
    assert found.facts.description == "For children, by Implementer 1, An agency, and others, Location withheld."
    assert [link.title for link in found.facts.links] == ["Instrument, English"]
    (check,) = [one for one in found.checks if one.name == "Withheld items"]
    assert check.text == "none found in the file, 4 looked for"
    assert found.facts.withheld_links == 1


@pytest.mark.parametrize("role", [Role.VIEWER, Role.API_CLIENT, Role.ANALYST])
def test_rest_gives_the_same_file_to_everybody(partnership: Partnership, role: Role) -> None:
    program = as_program(make_account(role, username=f"reads-{role}"))
    answer = program.get(f"/api/v1/partnerships/{partnership.pk}/iati/", headers={"Accept": "application/xml"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml; charset=utf-8")
    assert disclosed(answer.content.decode()) == []
    again = program.get(
        f"/api/v1/partnerships/{partnership.pk}/iati/",
        headers={"If-None-Match": answer["ETag"], "Accept": "application/xml"},
    )
    assert again.status_code == 304
    listed = program.get(f"/api/v1/partnerships/{partnership.pk}/iati/")
    assert (listed.json()["withheld"], listed.json()["missing"]) == (4, ["budget"])
    assert listed.json()["sha256"] == hashlib.sha256(answer.content).hexdigest()
    portfolio = program.get("/api/v1/iati/", headers={"Accept": "application/xml"})
    assert portfolio.status_code == 200
    assert disclosed(listed.content.decode() + portfolio.content.decode()) == []


def test_documents_for_readers_outside_name_none_of_them(partnership: Partnership) -> None:
    notice = NotifiedAmount(amount=Decimal(5), purpose=f"For {NETWORK} at {ROAD}")
    texts = [_text(make_notification(partnership, notice, TODAY).data)]
    texts.append(_text(make_report(ReportYear(TODAY.year, TODAY), Readers.OUTSIDE, sample=False).data))
    assert [disclosed(text) for text in texts] == [[], []]
    assert "Implementer 1" in texts[0]
    assert "Compact with Kenya" in texts[1]


def _text(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_a_released_name_goes_out_everywhere(partnership: Partnership) -> None:
    stage = Stage(*(make_account(role, username=f"again-{role}") for role in (Role.ANALYST, Role.APPROVER)))
    determine(stage, partnership, NETWORK)
    assert disclosed(published(partnership, TODAY).file().decode()) == [NETWORK]


def test_the_page_shows_items_to_those_who_run_the_partnership_alone(partnership: Partnership) -> None:
    url = f"/partnerships/{partnership.pk}/publication/"
    analyst, viewer = (client_of(make_account(role, username=f"sees-{role}")) for role in (Role.ANALYST, Role.VIEWER))
    assert NETWORK in _page(analyst, url)
    assert disclosed(_page(viewer, url).partition("c-head__kicker")[2]) == []


def _page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_description_of_nothing_but_a_withheld_name_still_goes_out_as_what_prints_instead(
    partnership: Partnership,
) -> None:
    editor = make_account(Role.ANALYST, username="writes")
    edit_activity(partnership=partnership, values={"description": NETWORK.upper()}, actor=editor)
    assert published(partnership, TODAY).facts.description == "Implementer 1"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.API_CLIENT])
def test_no_list_of_a_partnership_over_rest_names_any_of_them(partnership: Partnership, role: Role) -> None:
    """Read every list of the partnership that the schema has, and what else tells of it."""
    program = as_program(make_account(role, username=f"lists-{role}"))
    paths = [path for path in program.get("/api/v1/schema/").json()["paths"] if path.startswith(OF_ONE)]
    urls = [path.replace("{id}", str(partnership.pk)) for path in paths if path.count("{") == 1]
    urls += ["/api/v1/partnerships/", "/api/v1/changes/", "/api/v1/queue/", "/api/v1/search/?q=sample"]
    assert len(urls) > 20
    answers = {url: program.get(url) for url in urls}
    assert {url: answer.status_code for url, answer in answers.items() if answer.status_code != 200} == {}
    texts = {url: b"".join(answer) if answer.streaming else answer.content for url, answer in answers.items()}
    assert {url: disclosed(text.decode()) for url, text in texts.items() if disclosed(text.decode())} == {}


def test_a_list_looks_for_every_kind_of_name_and_location(partnership: Partnership) -> None:
    """Each is on record once, so that none is found only because of another."""
    Activity.objects.filter(place=ROAD).update(implementer="Sample Builders", place="9 Sample Lane")
    for name in (NETWORK, GROUP, "Sample Builders", "9 Sample Lane", AGENCY):
        assert naming({partnership.pk: f"For {name.upper()}."}) == {partnership.pk}, name
    assert naming({partnership.pk: "For children."}) == set()
    assert naming({partnership.pk + 1: f"For {NETWORK}."}) == set()
    assert naming({}) == set()
