"""Which country a person means by a name or a code."""

from __future__ import annotations

from indicators.countries import reference_index


def country_named(text: str) -> str:
    """The code of the country that goes by this name, alias or ISO code; "" where there is none, or more than one."""
    index = reference_index()
    found = index.match(text.strip()) or index.match("", code=text.strip().upper())
    return found.code if found else ""
