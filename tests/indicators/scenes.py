"""Records of the demonstration that page cases of several rooms use."""

from __future__ import annotations

from tests.support.page_cases import Arguments


def import_of(key: str) -> Arguments:
    return lambda scene: {"pk": scene.imports[key].pk}


def update_of(key: str) -> Arguments:
    return lambda scene: {"pk": scene.updates[key].pk}
