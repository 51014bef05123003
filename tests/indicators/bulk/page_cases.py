"""Page cases for the bulk room, which has URLs of REST alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indicators.bulk.services import build_newest
from tests.support.page_cases import PageCase
from tests.worlds.small_world import World


def _package(_world: World) -> Mapping[str, Any]:
    made = build_newest()
    assert made is not None
    return {"as_of": made.as_of}


CASES = (PageCase("api:bulk-package", url=_package),)
