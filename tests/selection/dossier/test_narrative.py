"""The narrative of a candidate's dossier: what the report names and the government reports, with their sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indicators.models import Narrative
from indicators.narrative_reviews.services import FigureAnswer, confirm_reading
from tests.support.pages import NARRATIVE, published
from tests.support.rounds import Office

pytestmark = pytest.mark.django_db

CONVICTED = "The government convicted 12 traffickers and identified 127 victims."


def test_a_dossier_shows_the_figures_of_the_newest_narrative(office: Office, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    found = office.consulting()
    client = Client()
    client.force_login(office.analyst)
    url = reverse("dossier", args=[found.pk, "GHA"])
    assert "What the government reports" not in client.get(url).content.decode()
    batch = published(tmp_path, f"{NARRATIVE}PROSECUTION\n{CONVICTED}\n", "ghana_2023.txt")
    narrative = Narrative.objects.get(batch=batch)
    page = " ".join(client.get(url).content.decode().split())
    assert "What the government reports for 2023: 2 figures" in page
    assert page.count(f"“{CONVICTED}”") == 2
    answers = {"convictions": FigureAnswer(12), "victims_identified": FigureAnswer(None)}
    confirm_reading(narrative=narrative, verdicts={}, added=[], figures=answers, actor=office.analyst)
    page = " ".join(client.get(url).content.decode().split())
    assert "What the government reports for 2023: 1 figure<" in page
    assert page.count(f"“{CONVICTED}”") == 1
