"""Library of indicators to start from. Pure.

It has two lists, and neither is the office's own. `STANDARD` holds standard foreign assistance indicators from a
public copy of their 2023 reference sheets; a sheet may have changed since, so an indicator is adopted only after its
current sheet was read. `SUGGESTED` holds measures used in reports on past partnerships. No list of the office's
common performance indicators was found in public; the office loads its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from partnerships.progress import Direction, Measure, Rollup

_COPY = "https://winrock.indikit.net/indicator/"
CHECK = "From a public copy of the 2023 reference sheet. Read the current sheet before you adopt it."
NOT_OFFICIAL = "A suggestion based on results that past partnerships reported, not an official indicator."


@dataclass(frozen=True, slots=True)
class LibraryIndicator:
    """An indicator of the library.

    The partnership adds its own definition, data source, method, and baseline. `source` is "standard" or "custom".
    `disaggregation_found` is false if the copy of the sheet left it blank.
    """

    code: str
    title: str
    paradigm: str
    level: str
    measure: Measure
    unit: str
    accumulation: Rollup
    source: str
    notice: str
    address: str = ""
    by_sex: bool = False
    by_age: bool = False
    disaggregation_found: bool = True
    direction: Direction = Direction.INCREASE


def _standard(
    code: str, title: str, paradigm: str, level: str, measure: Measure, unit: str, path: str, *, by_sex: bool | None
) -> LibraryIndicator:
    return LibraryIndicator(
        code=code,
        title=title,
        paradigm=paradigm,
        level=level,
        measure=measure,
        unit=unit,
        accumulation=Rollup.SUM,
        source="standard",
        notice=CHECK,
        address=_COPY + path,
        by_sex=bool(by_sex),
        disaggregation_found=by_sex is not None,
    )


def _suggested_indicator(
    code: str, title: str, paradigm: str, level: str, unit: str, *, how: Rollup = Rollup.SUM, children: bool = False
) -> LibraryIndicator:
    return LibraryIndicator(
        code=code,
        title=title,
        paradigm=paradigm,
        level=level,
        measure=Measure.PEOPLE if children else Measure.ITEMS,
        unit=unit,
        accumulation=how,
        source="custom",
        notice=NOT_OFFICIAL,
        by_sex=children,
        by_age=children,
    )


STANDARD: tuple[LibraryIndicator, ...] = (
    _standard(
        "PS.5.1-28",
        "First responders trained in identifying victims",
        "protection",
        "output",
        Measure.PEOPLE,
        "first responders",
        "761-usg-standard-indicators/3948-ps-5-1-28-first-responders-trained-on-victim-identification",
        by_sex=True,
    ),
    _standard(
        "PS.5.1-29",
        "Victims referred to protection services",
        "protection",
        "output",
        Measure.PEOPLE,
        "victims",
        "761-usg-standard-indicators/3949-ps-5-1-29-victim-referral",
        by_sex=None,
    ),
    _standard(
        "PS.5.2-23",
        "Anti-trafficking policies, laws and agreements passed, enacted or amended",
        "prosecution",
        "outcome",
        Measure.ITEMS,
        "policies, laws and agreements",
        "3946-ps-5-2-23-anti-tip-laws-and-policies",
        by_sex=False,
    ),
    _standard(
        "PS.5.3-15",
        "People trained in preventing trafficking",
        "prevention",
        "output",
        Measure.PEOPLE,
        "people",
        "3947-ps-5-3-15-training-in-human-trafficking-prevention",
        by_sex=True,
    ),
)

SUGGESTED: tuple[LibraryIndicator, ...] = (
    _suggested_indicator("S-1", "Child victims identified", "protection", "outcome", "children", children=True),
    _suggested_indicator(
        "S-2", "Child victims who received services", "protection", "outcome", "children", children=True
    ),
    _suggested_indicator(
        "S-3", "Investigations of child trafficking opened", "prosecution", "outcome", "investigations"
    ),
    _suggested_indicator("S-4", "Prosecutions of child trafficking begun", "prosecution", "outcome", "prosecutions"),
    _suggested_indicator("S-5", "Convictions for child trafficking", "prosecution", "outcome", "convictions"),
    _suggested_indicator("S-6", "Child-friendly spaces in use", "protection", "output", "spaces", how=Rollup.LATEST),
    _suggested_indicator(
        "S-7",
        "Communities with a working protection committee",
        "prevention",
        "outcome",
        "communities",
        how=Rollup.LATEST,
    ),
    _suggested_indicator("S-8", "Budget lines for child protection created", "partnership", "outcome", "budget lines"),
)

LIBRARY = {indicator.code: indicator for indicator in (*STANDARD, *SUGGESTED)}
