"""Pages of tiers: what each person sees, the states of a passage, double clicks, and guessed addresses."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.models import AuditEntry
from indicators.models import Narrative, TierAnswer, TierConfirmation, TierDraw
from tests.support.accounts import make_account
from tests.support.pages import published, tiers
from tests.support.tier_sittings import NARRATIVE, YEAR, People, list_tiers, load_narrative, read_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return People.there()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(strip_tags(main)).split())


def page(code: str) -> str:
    return f"{reverse('tier-list')}?year={YEAR}&country={code}"


def form_of(client: Client, url: str) -> dict[str, str]:
    """Return the hidden fields of the form of a page."""
    html = client.get(url).content.decode()
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
    return {name: found[name] for name in ("idempotency_key", "revision")}


def test_a_list_of_the_office_is_no_third_party_s(tmp_path: Path, people: People) -> None:
    client, url = client_of(people.first), page("GHA")
    published(tmp_path, tiers(("GHA", "Ghana", "2"), year=YEAR), "office.csv")
    assert "List on file" in text_of(client, url)
    list_tiers(tmp_path, {"KEN": "2"})
    shown = text_of(client, url)
    assert "Third-party list" in shown
    assert "List on file" not in shown


def test_the_passage_of_a_country_is_in_one_of_five_states(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "2", "KEN": "2", "TGO": "2", "NPL": "2"})
    client = client_of(people.first)
    assert f"No text of the {YEAR} report is loaded." in text_of(client, page("KEN"))
    load_narrative(tmp_path, "GHA", "2")
    assert "No heading of Kenya was found" in text_of(client, page("KEN"))
    assert "found by the heading, in GHA_2024.txt" in text_of(client, page("GHA"))
    load_narrative(tmp_path, "TGO", "3")
    load_narrative(tmp_path, "TGO", "2", name="again")
    assert "Another text loaded for this report names Tier 3" in text_of(client, page("TGO"))
    both = "\n".join(NARRATIVE.format(name="Nepal", heading="NEPAL", tier=tier) for tier in (2, 3))
    (tmp_path / f"nepal_{YEAR}.txt").write_text(both)
    read_file(tmp_path / f"nepal_{YEAR}.txt")
    shown = text_of(client, page("NPL"))
    assert "Two headings were found." in shown
    assert "which names Tier 3. Read the page" in shown
    assert Narrative.objects.live().get(country__code="NPL").tier == "Tier 2"
    assert "Uganda has no tier on record for 2024." in text_of(client, page("UGA"))


def test_only_analysts_see_the_form_and_no_one_else_the_first_answer(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "2", "KEN": "2"})
    viewer = client_of(make_account(Role.VIEWER))
    assert "Analysts of the TIP Office confirm tiers." in text_of(viewer, page("GHA"))
    people.confirm("GHA", "Special Case", page="4711", note="my note")
    mine = text_of(client_of(people.first), page("GHA"))
    assert "You confirmed Special Case , page 4711" in mine.replace("Case,", "Case ,")
    assert "Special Case, differs" in mine
    people.confirm("KEN")
    draw = TierDraw.objects.get(confirmation__country__code="GHA")
    check = reverse("tier-spot-check", args=[draw.drawing.sitting_id])
    for client in (viewer, client_of(people.second)):
        for url in (page("GHA"), page("KEN"), check):
            shown = text_of(client, url)
            assert "4711" not in shown
            assert "my note" not in shown
            assert "differs" not in shown.lower().replace("two differ", "").replace("one differs", "")
    reading = text_of(client_of(people.second), reverse("tier-read", args=[draw.drawing.sitting_id, draw.pk]))
    assert reading.count("Special Case") == 1  # the answer to choose
    trail = " ".join(str(entry.after) for entry in AuditEntry.objects.filter(action="confirmed"))
    assert [part for part in ("Special Case", "4711", "my note") if part in trail] == []


def test_a_second_press_confirms_nothing_more_and_leads_on(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "2", "KEN": "2", "TGO": "2"})
    client, url = client_of(people.first), reverse("tier-confirm", args=[YEAR, "GHA"])
    sent = form_of(client, page("GHA")) | {"tier": "Tier 2", "page": "7"}
    answers = [client.post(url, sent) for _ in range(2)]
    assert {answer.headers["Location"] for answer in answers} == {page("KEN") + "#country"}
    assert TierConfirmation.objects.count() == 1


def test_an_outdated_page_is_shown_again_with_what_was_typed(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "2", "KEN": "2"})
    client, url = client_of(people.first), reverse("tier-confirm", args=[YEAR, "GHA"])
    sent = form_of(client, page("GHA")) | {"tier": "Tier 2", "page": "7"}
    list_tiers(tmp_path, {"GHA": "3"}, name="corrected")
    answer = client.post(url, sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "the tier on record or the loaded text changed" in html
    assert re.search(r'value="Tier 2" checked', html)
    again = re.search(r'name="revision" value="([^"]+)"', html)
    assert again is not None
    assert client.post(url, sent | {"revision": again[1]}).status_code == 302
    assert TierConfirmation.objects.get().is_changed


def test_the_reader_of_ones_own_tier_has_no_button_and_is_refused(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "2"})
    people.confirm("GHA")
    draw = TierDraw.objects.get()
    url = reverse("tier-read", args=[draw.drawing.sitting_id, draw.pk])
    own = client_of(people.first)
    html = own.get(url).content.decode()
    assert "You confirmed this tier yourself." in html
    assert 'type="submit" data-label' not in html
    sent = form_of(client_of(people.second), url) | {"tier": "Tier 2", "page": "7"}
    assert own.post(url, sent).status_code == 422
    assert not TierAnswer.objects.exists()
    assert client_of(people.second).post(url, sent).status_code == 302
    assert TierAnswer.objects.count() == 1


def test_guessed_addresses_are_not_found(tmp_path: Path, people: People) -> None:
    list_tiers(tmp_path, {"GHA": "2"})
    list_tiers(tmp_path, {"GHA": "2"}, year=YEAR - 1)
    people.confirm("GHA")
    draw = TierDraw.objects.get()
    client, sitting = client_of(people.second), draw.drawing.sitting_id
    for name, arguments in (
        ("tier-read", [sitting + 1, draw.pk]),
        ("tier-read", [sitting, draw.pk + 1]),
        ("tier-settle", [sitting, draw.pk + 1]),
        ("tier-spot-check", [sitting + 1]),
        ("tier-confirm", [1999, "GHA"]),
        ("tier-confirm", [YEAR, "ZZZ"]),
        ("tier-form", ["pdf"]),
    ):
        assert client.get(reverse(name, args=arguments)).status_code == 404, (name, arguments)
    assert client.post(reverse("tier-undo", args=[YEAR - 1, "GHA"])).status_code == 404
    for query in ("?year=1999", "?year=x", "?state=none", "?unknown=1"):
        assert client.get(reverse("tier-list") + query).status_code == 400, query
