"""Registry of all adapters, in the order in which they are tried on a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indicators.sources.base import Adapter, IndicatorSpec, Recognition, SourceSpec
from indicators.sources.checks import unknown_layout
from indicators.sources.corruption_perceptions import CORRUPTION_PERCEPTIONS
from indicators.sources.documents import Document, FileFault, UnreadableFile
from indicators.sources.foreign_assistance import FOREIGN_ASSISTANCE, FOREIGN_ASSISTANCE_ACTIVITIES
from indicators.sources.freedom_house import FREEDOM_HOUSE_SCORES
from indicators.sources.freedom_house_ratings import FREEDOM_HOUSE_RATINGS
from indicators.sources.governance_indicators import GOVERNANCE_INDICATORS
from indicators.sources.ilab import ILAB_FINDINGS
from indicators.sources.mcc import MCC_SCORECARDS
from indicators.sources.own_indicators import OWN_INDICATORS
from indicators.sources.tip_figures import TIP_FIGURES
from indicators.sources.tip_narratives import (
    SAMPLE_NARRATIVES,
    TIP_NARRATIVES,
    TIP_NARRATIVES_ARCHIVE,
    TIP_NARRATIVES_JSON,
)
from indicators.sources.tip_report import TIP_TIERS
from indicators.sources.unicef import UNICEF_CHILD_LABOUR
from indicators.sources.unodc_glotip import GLOTIP
from indicators.sources.usg_programs import USG_PROGRAMS
from indicators.sources.walk_free import GLOBAL_SLAVERY_INDEX
from indicators.sources.world_bank import INCOME_CLASSES, INCOME_HISTORY
from indicators.sources.world_bank_wdi import WDI
from indicators.sources.world_factbook import WORLD_FACTBOOK

ADAPTERS: tuple[Adapter, ...] = (
    TIP_TIERS,
    TIP_FIGURES,
    TIP_NARRATIVES,
    TIP_NARRATIVES_JSON,
    TIP_NARRATIVES_ARCHIVE,
    FREEDOM_HOUSE_SCORES,
    FREEDOM_HOUSE_RATINGS,
    CORRUPTION_PERCEPTIONS,
    GOVERNANCE_INDICATORS,
    INCOME_CLASSES,
    INCOME_HISTORY,
    WDI,
    ILAB_FINDINGS,
    MCC_SCORECARDS,
    WORLD_FACTBOOK,
    UNICEF_CHILD_LABOUR,
    GLOBAL_SLAVERY_INDEX,
    GLOTIP,
    FOREIGN_ASSISTANCE,
    FOREIGN_ASSISTANCE_ACTIVITIES,
    USG_PROGRAMS,
    OWN_INDICATORS,
)

DEMONSTRATION: tuple[Adapter, ...] = (SAMPLE_NARRATIVES,)
"""Adapters of texts written for the demonstration: chosen by key, never for a file that somebody uploads without one.

`migrate` records no source of theirs, so that an installation without the demonstration's data takes no such file.
"""


def sources() -> Iterator[SourceSpec]:
    by_key: dict[str, SourceSpec] = {}
    for adapter in ADAPTERS:
        by_key.setdefault(adapter.source.key, adapter.source)
    yield from by_key.values()


def indicators() -> Iterator[tuple[SourceSpec, IndicatorSpec]]:
    """Yield each indicator once, with the source that publishes it."""
    seen: set[str] = set()
    for adapter in ADAPTERS:
        for spec in adapter.indicators:
            if spec.code not in seen:
                seen.add(spec.code)
                yield adapter.source, spec


def adapter(key: str) -> Adapter:
    """Return the adapter with this key. Raises `KeyError` with the valid keys."""
    for candidate in ADAPTERS:
        if candidate.key == key:
            return candidate
    raise KeyError(f"no reader {key!r}; choose one of {', '.join(a.key for a in ADAPTERS)}")


def recognize(document: Document) -> tuple[Adapter, Recognition]:
    """Return the adapter with the highest confidence for the document.

    Raises `UnreadableFile` if none claims it.
    """
    claim = _best_claim(document, ADAPTERS)
    if claim is None:
        raise unknown_layout(
            document,
            "does not look like any publisher's file that CPC can read",
            "Upload the file as the publisher released it. The source catalog lists the files you can import.",
        )
    return claim


def _best_claim(document: Document, adapters: Iterable[Adapter]) -> tuple[Adapter, Recognition] | None:
    claims = [(adapter, claim) for adapter in adapters if (claim := adapter.recognize(document)) is not None]
    # Among equals, `max` takes the first of `ADAPTERS`.
    return max(claims, key=lambda pair: pair[1].confidence, default=None)


def recognize_as(document: Document, key: str) -> tuple[Adapter, str]:
    """Return the adapter for a document whose source or adapter the user names.

    Raises `UnreadableFile` with the detected layout if it is another one, and `KeyError` for an unknown key.
    """
    wanted = [a for a in (*ADAPTERS, *DEMONSTRATION) if key in (a.key, a.source.key)]
    if not wanted:
        raise KeyError(f"no source {key!r}; choose one of {', '.join(s.key for s in sources())}")
    if (claim := _best_claim(document, wanted)) is not None:
        chosen, recognition = claim
        return chosen, recognition.because
    other, because = recognize(document)
    raise UnreadableFile(
        FileFault.WRONG_KIND,
        f"{document.name} is not a file of {wanted[0].source.title}; it looks like {other.source.title} "
        f"({because.because}).",
        f"Upload it as {other.source.title}, or choose a different file.",
    )
