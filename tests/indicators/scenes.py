"""Records of the demonstration that looks of pages in several rooms name."""

from __future__ import annotations

from tests.support.page_cases import Arguments


def import_of(key: str) -> Arguments:
    return lambda scene: {"pk": scene.imports[key].pk}
