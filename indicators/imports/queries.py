"""Queries on imports: those a user may see, their preview, and what they published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Length

from indicators.countries import normalize
from indicators.imports import comparison
from indicators.imports.comparison import PreviewRow
from indicators.imports.reading import STAGES
from indicators.models import (
    NAME_LENGTH,
    Confirmation,
    Country,
    CountryKind,
    Import,
    ImportIssue,
    ImportState,
    Indicator,
    Narrative,
    Observation,
    Publication,
    StagedObservation,
    USGProgram,
)
from indicators.publications.queries import SHARED
from indicators.sources.base import REMEDIES, Reason, Severity

OPEN = (ImportState.RECEIVED, ImportState.READING, ImportState.PREVIEW, ImportState.FAILED)
STEPS = ("Received", "Recognized", "Read", "Matched", "Checked", "Preview", "Published")
SHOWN = 8


def waiting_imports() -> list[Import]:
    return list(Import.objects.filter(state=ImportState.PREVIEW).select_related("source").order_by("pk"))


def step_of(batch: Import) -> int:
    """Return the index of an import's step in `STEPS`, or their number once it is finished."""
    if batch.state in SHARED:
        return len(STEPS)
    if batch.state == ImportState.PREVIEW:
        return STAGES.index("preview")
    return STAGES.index(batch.stage) if batch.stage in STAGES else 0


def open_sibling(batch: Import) -> Import | None:
    """Return another import of the same file that is in progress or published; only one may be."""
    siblings = Import.objects.filter(file=batch.file_id, via=batch.via).exclude(pk=batch.pk)
    return siblings.exclude(state__in=(ImportState.FAILED, ImportState.DISCARDED, ImportState.RETRACTED)).first()


def publications_of(batch: Import) -> dict[str, Publication]:
    return {publication.kind: publication for publication in batch.publications.select_related("actor")}


@dataclass(frozen=True, slots=True)
class IssueGroup:
    """Issues with one reason: the number of affected rows, the first few issues, and what to do."""

    reason: str
    label: str
    remedy: str
    count: int
    rows: int
    issues: list[ImportIssue]

    @property
    def more(self) -> int:
        return self.count - len(self.issues)

    @property
    def names(self) -> list[str]:
        """Return the distinct names, or else locators or messages, of the first few issues."""
        return list(dict.fromkeys(issue.country_text or issue.locator or issue.message for issue in self.issues))


def issue_groups(batch: Import, severity: Severity, *, shown: int = SHOWN) -> list[IssueGroup]:
    """Return the issues of one severity by reason, the most frequent first."""
    rows = batch.issues.filter(severity=severity.value)
    counted = rows.values("reason").annotate(count=Count("pk"), touched=Sum("rows")).order_by("-count", "reason")
    return [
        IssueGroup(
            reason=group["reason"],
            label=group["reason"].replace("_", " ").capitalize(),
            remedy=REMEDIES[Reason(group["reason"])],
            count=group["count"],
            rows=group["touched"],
            issues=list(_in_file_order(rows.filter(reason=group["reason"]))[:shown]),
        )
        for group in counted
    ]


def issues_of(batch: Import, *, severity: str = "", reason: str = "") -> QuerySet[ImportIssue]:
    rows = _in_file_order(batch.issues.select_related("batch"))
    if severity:
        rows = rows.filter(severity=severity)
    return rows.filter(reason=reason) if reason else rows


def _in_file_order(rows: QuerySet[ImportIssue]) -> QuerySet[ImportIssue]:
    """Order by sheet, row, and column.

    Issues of a whole sheet or file come first; column AA comes after Z.
    """
    return rows.order_by("sheet", F("row").asc(nulls_first=True), Length("column"), "column", "pk")


class PreviewRows(Sequence[PreviewRow]):
    """Staged values of one status, fetched one page at a time."""

    def __init__(self, batch: Import, status: str, country: str = "") -> None:
        self.batch, self.status, self.country = batch, status, country
        self._count: int | None = None

    def __len__(self) -> int:
        if self._count is None:
            self._count = comparison.count_rows(self.batch, status=self.status, country=self.country)
        return self._count

    def __getitem__(self, index: Any) -> Any:
        """Return the rows of a slice, which is all that a paginator asks for."""
        start, stop, _ = index.indices(len(self))
        return comparison.rows(
            self.batch, status=self.status, country=self.country, limit=max(stop - start, 0), offset=start
        )


def field_rows(batch: Import, *, shown: int = 3) -> list[dict[str, Any]]:
    """Return the tally of each field with the parts of the file that have it, in the reader's order.

    `why` has each reason that parts were not read completely, its first parts, and the number of others.
    """
    names = dict(Indicator.objects.filter(code__in=[f["indicator"] for f in batch.fields]).values_list("code", "name"))
    return [
        tally
        | {
            "indicator": names.get(tally["indicator"], ""),
            "why": _why([*tally["unread"], *tally["in_part"]], shown),
        }
        for tally in batch.fields
    ]


def _why(parts: list[tuple[str, str]], shown: int) -> list[tuple[str, int, list[str]]]:
    by_reason: dict[str, list[str]] = {}
    for part, reason in parts:
        by_reason.setdefault(reason.replace("_", " ").capitalize(), []).append(part)
    return [(reason, len(names[shown:]), names[:shown]) for reason, names in by_reason.items()]


def staged_country_counts(batch: Import) -> dict[str, int]:
    """Count the countries (`states`) and the territories and former states (`others`) among the staged values."""
    staged = StagedObservation.objects.filter(batch=batch).values("country_id")
    return Country.objects.filter(pk__in=staged).aggregate(
        states=Count("pk", filter=Q(kind=CountryKind.STATE)), others=Count("pk", filter=~Q(kind=CountryKind.STATE))
    )


def published_counts(batch: Import) -> dict[str, int]:
    """Count the rows of an import that are live now, and those superseded since."""
    mine = Observation.objects.filter(batch=batch, reasserts__isnull=True)
    return {
        "live": Observation.objects.live().filter(batch=batch).count(),
        "confirming": Confirmation.objects.live().filter(batch=batch).count(),
        "narratives": Narrative.objects.live().filter(batch=batch).count(),
        "superseded": mine.filter(valid_to__isnull=False).count(),
        "programs": USGProgram.objects.live().filter(batch=batch).count(),
    }


def _unknown(batch: Import) -> QuerySet[ImportIssue]:
    """Return the issues about unknown names.

    A name that fills its column may be truncated and is left out.
    """
    rows = batch.issues.filter(reason=Reason.UNKNOWN_COUNTRY.value).annotate(letters=Length("country_text"))
    return rows.filter(letters__gt=0, letters__lt=NAME_LENGTH).order_by("pk")


def count_unknown(batch: Import) -> int:
    return len({normalize(name) for name in _unknown(batch).values_list("country_text", flat=True)} - {""})
