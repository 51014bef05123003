"""API responses of an installation without published data."""

from __future__ import annotations

from django.test import Client


def test_no_ranking_yet(db: None, api: Client) -> None:
    response = api.get("/api/v1/rankings/")
    assert (response.status_code, response.json()["detail"]) == (404, "No ranking has been computed yet.")


def test_no_observations_yet(db: None, api: Client) -> None:
    answer = api.get("/api/v1/observations/").json()
    assert answer == {"as_of": 0, "count": 0, "next": None, "previous": None, "results": []}
