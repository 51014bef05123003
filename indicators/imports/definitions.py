"""Indicators that a file defines, recorded at its first import and compared afterwards."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from indicators.models import Direction, Import, Indicator, Observation, Source, StagedObservation
from indicators.reference_data import define_indicators
from indicators.sources import registry
from indicators.sources.base import IndicatorSpec, Problem, ReadResult, Reason, Severity

BINDING = ("unit", "direction")
"""Parts of a definition that must agree for two values to be comparable."""

DESCRIPTIVE = ("name", "publisher")


@transaction.atomic
def define(result: ReadResult, source: str) -> None:
    """Record the indicators that a file defines.

    A definition that no observation uses yet is replaced. Values whose unit or direction differs from the definition
    on record are rejected with the cell; a different name or publisher gives a warning, and the one on record stays.
    """
    if not result.definitions:
        return
    owner = Source.objects.get(key=source)
    codes = [spec.code for spec in result.definitions]
    observed = Exists(Observation.objects.filter(indicator=OuterRef("pk")))
    known = {i.code: i for i in Indicator.objects.filter(observed, code__in=codes)}
    define_indicators((spec for spec in result.definitions if spec.code not in known), owner)
    for spec in result.definitions:
        if spec.code in known:
            _compare(spec, known[spec.code], result)


def _compare(spec: IndicatorSpec, on_record: Indicator, result: ReadResult) -> None:
    before = {name: str(getattr(on_record, name)) for name in (*BINDING, *DESCRIPTIVE)}
    now = {name: str(getattr(spec, name)) for name in before}
    before["direction"], now["direction"] = (
        _shown("direction", definition.direction) for definition in (on_record, spec)
    )
    differences = {name: f"{name} is {now[name]!r} here but recorded as {before[name]!r}" for name in before}
    differing = [name for name in before if before[name] != now[name]]
    for name in differing:
        locator = result.defined_at.get((spec.code, name), "")
        if name in DESCRIPTIVE:
            message = f"{spec.code}: {differences[name]}; the recorded {name} stays."
            result.problems.append(
                Problem(Severity.WARNING, Reason.INCONSISTENT, message, locator, column=name, raw=now[name], rows=0)
            )
    rejected = [name for name in differing if name in BINDING]
    if rejected:
        out = [reading for reading in result.readings if reading.indicator == spec.code]
        result.readings = [reading for reading in result.readings if reading.indicator != spec.code]
        name = rejected[0]
        locator = result.defined_at.get((spec.code, name), "")
        message = f"{spec.code}: {differences[name]}. Use a different key for a different indicator."
        result.problems.append(
            Problem(Severity.REJECTED, Reason.INCONSISTENT, message, locator, column=name, raw=now[name], rows=len(out))
        )


@transaction.atomic
def changed_definitions(batch: Import) -> list[str]:
    """Describe each difference between the definitions on record and those by which an import's values were read.

    Until an indicator has its first value, every file replaces its definition. The rows stay locked to the end of the
    caller's transaction, so that no other file redefines them meanwhile.
    """
    mine = Exists(StagedObservation.objects.filter(batch=batch, indicator_id=OuterRef("pk")))
    rows = Indicator.objects.filter(mine, code__in=list(batch.definitions)).select_for_update().order_by("code")
    return [
        f"{row.code}: {name} is {_shown(name, then)!r} in this file but now recorded as {_shown(name, now)!r}"
        for row in rows
        for name in BINDING
        if (then := batch.definitions[row.code][name]) != (now := getattr(row, name))
    ]


def _shown(name: str, value: Any) -> str:
    return str(Direction(value).label) if name == "direction" else str(value)


def forget(batch: Import) -> None:
    """Remove the definitions of a discarded import that nothing else uses."""
    listed = {spec.code for _, spec in registry.indicators()}
    unused = Indicator.objects.filter(source=batch.source).exclude(code__in=listed)
    unused = unused.exclude(Exists(Observation.objects.filter(indicator=OuterRef("pk"))))
    unused.exclude(Exists(StagedObservation.objects.filter(indicator_id=OuterRef("pk")))).delete()
