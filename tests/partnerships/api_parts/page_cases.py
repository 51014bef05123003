"""Page cases of the parts of partnerships that are only read over REST."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from partnerships import api_urls
from partnerships.api_base.parts import PARTS, PartResource
from partnerships.office_api_urls import OFFICE
from tests.partnerships import records
from tests.support.page_cases import PageCase
from tests.worlds.small_world import World

NO_ROW = 987_654_321


def no_row(world: World) -> Mapping[str, Any]:
    """Return a number that no row has; `test_parts.py` reads each row of the sample."""
    return {**records.a_partnership(world), "row": NO_ROW}


def _cases() -> Iterator[PageCase]:
    yield PageCase("api:partnership-document-file", url=no_row)
    yield PageCase("api:partnership-origin", url=records.a_partnership)
    yield PageCase("api:partnership-deadlines", url=records.a_partnership)
    for resource in OFFICE:
        yield PageCase(f"api:{resource.url_name}")
        yield PageCase(f"api:{resource.object_url_name}", url=lambda _world: {"row": NO_ROW})
    for name, part in PARTS.items():
        if isinstance(part, PartResource):
            if not part.has_own_urls:
                yield PageCase(f"api:{part.object_url_name}", url=no_row)
            if name not in api_urls.WRITTEN:
                yield PageCase(f"api:{part.url_name}", url=records.a_partnership)


CASES = tuple(_cases())
