"""Positions of provisional countries among ranked ones, and peers that fill a missing value."""

from __future__ import annotations

import numpy as np

from selection.scoring import Snapshot
from selection.scoring.estimates import PeerGroup
from selection.scoring.method import Method
from selection.scoring.ranking import places

from .build import column


def test_a_place_counts_ranked_countries_alone() -> None:
    scores = np.array([0.9, 0.8, 0.8, 0.5, np.nan, 0.95])
    ranked = np.array([True, False, True, True, False, False])
    assert places(scores, ranked).tolist() == [1, 2, 2, 3, 0, 1]


def test_no_country_substitutes_for_itself() -> None:
    snapshot = Snapshot(("A", "B", "C"), {"x": column([1.0, 2.0, 3.0])}, {"region": ("N", "N", "N")})
    everyone = np.arange(3, dtype=np.intp)
    known = np.array([True, True, True])
    for least, names in ((2, (("region",),)), (9, (("region",),)), (1, ())):
        peers = PeerGroup(snapshot, Method(peers=names, least_peers=least), everyone, everyone, frozenset({0, 1, 2}))
        assert peers.of(0, known).tolist() == [1, 2]
