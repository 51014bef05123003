"""Services to map publishers' names to a country, or to set them aside.

A mapping applies to every file of the source that is read after it.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from cpc.accounts.models import User
from cpc.accounts.permissions import Permission
from cpc.audit.audited_writes import create, require
from cpc.web import formats
from indicators.countries import Failure, normalize
from indicators.imports.matching import country_index
from indicators.imports.reading import Choice, restart_reading
from indicators.imports.services import start_reading
from indicators.models import Country, Import, ImportState, NameMapping, Source, Via
from indicators.publications import numbering
from indicators.publications.withdrawal import withdraw

UNDER_WAY = (ImportState.READING, ImportState.PREVIEW)


@transaction.atomic
def map_name(
    *, source: Source, name: str, meaning: str, country: Country | None = None, actor: User | None
) -> tuple[NameMapping, bool]:
    """Record the meaning of a name in a source's files, and match its open imports again.

    Returns the mapping and whether it is new: recording the same meaning twice (a double click) changes nothing.
    Raises `ValidationError`: `name_mapped` if another user mapped it otherwise, `name_listed` if another country of
    the list has that name, `name_known` if the list already resolves it, and for missing values.
    """
    require(actor, Permission.IMPORT_DATA)
    numbering.lock()
    name = " ".join(name.split())
    current = _current_mapping(source, name)
    if current is not None:
        if (current.meaning, current.country) == (meaning, country):
            return current, False
        who = f" by {current.recorded_by}" if current.recorded_by else ""
        raise ValidationError(
            f"“{current.name}” was already mapped{who} on {formats.day(current.recorded_at)}: {current.means}. "
            "Nothing was saved. If that mapping is wrong, withdraw it first.",
            code="name_mapped",
        )
    _check(source, name, country)
    mapping = NameMapping(
        source=source,
        name=name,
        key=normalize(name),
        meaning=meaning,
        country=country,
        recorded_at=numbering.moment(),
        recorded_by=actor,
    )
    create(mapping, actor=actor, action="mapped")
    _match_again(source, actor)
    return mapping, True


@transaction.atomic
def withdraw_mapping(*, mapping: NameMapping, reason: str, actor: User | None) -> NameMapping:
    """Withdraw a mapping, and match the open imports of its source again.

    Imports published under it stay; each is taken back separately. Withdrawing it again changes nothing. Raises
    `ValidationError` with code `reason` if there is none.
    """
    require(actor, Permission.IMPORT_DATA)
    numbering.lock()
    current = NameMapping.objects.select_for_update(of=("self",)).select_related("source").get(pk=mapping.pk)
    if current.superseded_at is not None:
        return current
    withdraw(current, reason=reason, actor=actor)
    _match_again(current.source, actor)
    return current


def _current_mapping(source: Source, name: str) -> NameMapping | None:
    rows = NameMapping.objects.live().filter(source=source).select_related("country", "recorded_by")
    return next((row for row in rows if normalize(row.name) == normalize(name)), None)


def _check(source: Source, name: str, country: Country | None) -> None:
    """Check that the list of countries does not resolve the name already.

    Raises `ValidationError`.
    """
    index = country_index()
    others = index.named(name) - {country.code if country else ""}
    if others:
        listed = " and ".join(index.rows[code].name for code in sorted(others))
        raise ValidationError(
            f"“{name}” is the name of {listed} in the list of countries, so you can't map it to another.",
            code="name_listed",
        )
    match = index.match(name, source=source.key)
    if normalize(name) and (match or match.failure is not Failure.UNKNOWN):
        raise ValidationError(
            f"“{name}” is already recognized as {index.rows[match.code].name}; you don't need to map it.",
            code="name_known",
        )


def _match_again(source: Source, actor: User | None) -> None:
    """Match the source's open imports again, from the stored files."""
    waiting = Import.objects.select_for_update(of=("self",)).filter(source=source, via=Via.UPLOAD, state__in=UNDER_WAY)
    for batch in waiting.order_by("pk"):
        if batch.state == ImportState.PREVIEW:
            restart_reading(batch)
        start_reading(batch_id=batch.pk, actor=actor, choice=Choice(batch.adapter))
