"""Lookup of a country by a name or a code that a person enters."""

from __future__ import annotations

from indicators.countries import reference_index


def country_named(text: str) -> str:
    """Return the code of the country with this name, alias, or ISO code.

    The result is "" if there is none, or more than one.
    """
    index = reference_index()
    match = index.match(text.strip()) or index.match("", code=text.strip().upper())
    return match.code if match else ""
