"""Licenses of sources: which values may be passed on in a package, and how a data package names the license."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class License:
    """A license as the catalog of sources states it: its name in the list of Open Definition, and its text.

    `left_out` is the reason why the values of such a source are not passed on; empty if they are.
    """

    name: str
    path: str = ""
    left_out: str = ""


LICENSES: Mapping[str, License] = {
    "U.S. Government work, public domain": License("other-pd", "https://www.usa.gov/government-works"),
    "CC BY 4.0": License("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC BY-ND 4.0": License(
        "CC-BY-ND-4.0",
        "https://creativecommons.org/licenses/by-nd/4.0/",
        "The license permits no derivatives, and a selection of values in another format may be one.",
    ),
    "Free to use with attribution": License("other-at"),
    "Use with attribution": License("other-at"),
    "Written for this demonstration": License("other-open"),
    "As the publisher of each indicator states": License(
        "other-closed", left_out="No one license covers the values: the publisher of each indicator states its own."
    ),
}
"""Every license that a source states. One that is missing here is left out until somebody adds it."""

UNKNOWN = License("other-closed", left_out="Nobody has checked yet whether this license lets the values be passed on.")


def license_of(text: str) -> License:
    return LICENSES.get(text, UNKNOWN)
