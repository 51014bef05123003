from __future__ import annotations

from collections.abc import Sequence

from partnerships.form_parts.base import PartnershipForm, dollars


def part_column(number: int) -> str:
    return f"part_{number}"


def parts_form(categories: Sequence[str]) -> type[PartnershipForm]:
    """Return a form with an amount for each category of a budget."""
    fields = {part_column(number): dollars(category, required=False) for number, category in enumerate(categories)}
    return type("PartsForm", (PartnershipForm,), fields)
