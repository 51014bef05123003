"""Page cases of the resources of selection and of narratives, which are only read over REST."""

from __future__ import annotations

from collections.abc import Iterator

from indicators.narratives import api as narratives
from selection.api_urls import READ
from tests.support.page_cases import PageCase

NO_ROW = 987_654_321


def _cases() -> Iterator[PageCase]:
    for resource in (*READ, *narratives.RESOURCES):
        yield PageCase(f"api:{resource.url_name}")
        # `test_resources.py` reads each row of the small world.
        yield PageCase(f"api:{resource.object_url_name}", url=lambda world: {"row": NO_ROW})
    yield PageCase("api:selection-scenario-answer", url=lambda world: {"row": NO_ROW})
    yield PageCase("api:partnership-outcomes")


CASES = tuple(_cases())
