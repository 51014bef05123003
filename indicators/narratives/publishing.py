"""Publication and retraction of the narratives of an import."""

from __future__ import annotations

from typing import Any, TypeVar

from indicators.models import (
    Import,
    ImportState,
    Narrative,
    NarrativeSection,
    Publication,
    Recommendation,
    StagedNarrative,
    TraffickingForm,
)


def publish(batch: Import, publication: Publication) -> int:
    """Publish the staged narratives, and return how many became live.

    One with the same text as the live one changes nothing. A truncated one does not replace a complete one, nor does a
    second one of a country in the same file the first: it is stored as superseded from the start.
    """
    years = StagedNarrative.objects.filter(batch=batch).values("report_year")
    live = {(n.country_id, n.report_year): n for n in Narrative.objects.live().filter(report_year__in=years)}
    made = 0
    for staged in StagedNarrative.objects.filter(batch=batch):
        current = live.get((staged.country_id, staged.report_year))
        if current is not None and current.digest == staged.digest:
            continue
        current_stays_live = current is not None and (
            current.batch_id == batch.pk or (_is_cut(staged.content) and not current.sections.filter(cut=True).exists())
        )
        if current is not None and not current_stays_live:
            _close(current, publication)
        narrative = _create(staged, batch, publication, live=not current_stays_live)
        if not current_stays_live:
            live[staged.country_id, staged.report_year] = narrative
            made += 1
    return made


def _is_cut(content: dict[str, Any]) -> bool:
    return any(section["cut"] for section in content["sections"])


def retract(batch: Import, publication: Publication) -> None:
    """Close the import's narratives and restate the ones they had replaced."""
    for narrative in Narrative.objects.live().filter(batch=batch):
        _close(narrative, publication)
        previous = (
            Narrative.objects.filter(
                country=narrative.country_id,
                report_year=narrative.report_year,
                batch__state=ImportState.PUBLISHED,
            )
            .order_by("-valid_from", "-id")
            .first()
        )
        if previous is not None:
            _copy(previous, publication)


def _close(narrative: Narrative, publication: Publication) -> None:
    Narrative.objects.filter(pk=narrative.pk).update(valid_to=publication.seq, superseded_at=publication.at)


def _create(staged: StagedNarrative, batch: Import, publication: Publication, *, live: bool) -> Narrative:
    content = staged.content
    narrative = Narrative.objects.create(
        country_id=staged.country_id,
        report_year=staged.report_year,
        tier=content["tier"],
        title=content["title"][:200],
        locator=content["locator"],
        file_id=batch.file_id,
        batch=batch,
        digest=staged.digest,
        valid_from=publication.seq,
        valid_to=None if live else publication.seq,
        superseded_at=None if live else publication.at,
    )
    NarrativeSection.objects.bulk_create(
        NarrativeSection(narrative=narrative, ordinal=n, **part) for n, part in enumerate(content["sections"], 1)
    )
    Recommendation.objects.bulk_create(
        Recommendation(narrative=narrative, ordinal=n, **part) for n, part in enumerate(content["recommendations"], 1)
    )
    TraffickingForm.objects.bulk_create(
        TraffickingForm(narrative=narrative, ordinal=n, **part) for n, part in enumerate(content["forms"], 1)
    )
    return narrative


def _copy(previous: Narrative, publication: Publication) -> Narrative:
    copy = Narrative.objects.create(
        country_id=previous.country_id,
        report_year=previous.report_year,
        tier=previous.tier,
        title=previous.title,
        locator=previous.locator,
        file_id=previous.file_id,
        batch_id=previous.batch_id,
        digest=previous.digest,
        valid_from=publication.seq,
        reasserts=previous,
    )
    _copy_parts(NarrativeSection, previous, copy)
    _copy_parts(Recommendation, previous, copy)
    _copy_parts(TraffickingForm, previous, copy)
    return copy


Part = TypeVar("Part", NarrativeSection, Recommendation, TraffickingForm)


def _copy_parts(model: type[Part], previous: Narrative, copy: Narrative) -> None:
    parts = list(model._default_manager.filter(narrative=previous))
    for part in parts:
        part.pk = None
        part.narrative = copy
    model._default_manager.bulk_create(parts)
