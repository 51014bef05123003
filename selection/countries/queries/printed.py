"""Points as they are printed: rounded so that every total is the sum of its printed parts."""

from __future__ import annotations

from collections.abc import Mapping

from selection.model_definition.criteria_table import ModelTable
from selection.scoring import round_to_total


def printed_points(points: Mapping[str, float], table: ModelTable, total: float) -> dict[str, float]:
    """Round points or weights to one decimal, with every total equal to the sum of its parts.

    Printed factors add up to nodes, nodes to branches, and branches to the total.
    """
    printed: dict[str, float] = {}

    def below(node: str) -> list[str]:
        own = [row.key for row in table.criteria if row.node == node and row.key in points]
        return [*own, *(other.key for other in table.nodes if other.parent == node)]

    def exact(key: str) -> float:
        return points[key] if key in points else sum(exact(child) for child in below(key))

    def divide(node: str, total: float) -> None:
        children = [key for key in below(node) if key in points or below(key)]
        shares = round_to_total([exact(key) for key in children], total) if children else []
        for key, share in zip(children, shares, strict=True):
            printed[key] = share
            if key not in points:
                divide(key, share)

    divide("", total)
    return printed
