"""Entries of the office for publication: texts and codes of the IATI file, and determinations on withheld items.

These rows are the office's own, not part of what the governments agreed. They can be written for documented
partnerships, too.
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from cpc.checked import CheckedModel
from cpc.database.revisions import RevisionedModel, counts_revisions
from cpc.database.triggers import state_triggers
from cpc.days import DayField
from cpc.typed import visible
from partnerships.database.rows import OWN, history_triggers, makes_version, within_partnership
from partnerships.database.withholding import decides_withholding
from partnerships.decidable import records_authors
from partnerships.models.documents import Document
from partnerships.models.partnership import Partnership
from partnerships.models.terms import Program
from partnerships.publication_codes import (
    AidType,
    CollaborationType,
    DocumentCategory,
    FinanceType,
    FlowType,
    Language,
    OrganizationType,
    Sector,
    TiedStatus,
)
from partnerships.states import WITHHOLDING

HUNDRED = Decimal(100)


class WithholdingKind(models.TextChoices):
    NAME = "name", "Name of an organization"
    LOCATION = "location", "Location"


class WithholdingEffect(models.TextChoices):
    WITHHOLD = "withhold", "Withhold it"
    RELEASE = "release", "Release it"


class WithholdingGround(models.TextChoices):
    """Grounds on which 22 U.S.C. 2394c(b)(3) lets an item be withheld."""

    SAFETY = "safety", "Would endanger those who implement the program or those it serves"
    PROPRIETARY = "proprietary", "Would disclose proprietary information"
    INTEREST = "interest", "Would harm the national interest"


class WithholdingState(models.TextChoices):
    PROPOSED = "proposed", "Waiting for a decision"
    DETERMINED = "determined", "In force"
    REJECTED = "rejected", "Rejected"
    RETRACTED = "retracted", "Retracted"


class Withholding(models.Model):
    """A determination to withhold one name or location from what leaves the office, or to release it.

    One person proposes it and an approver decides. The newest one that was determined for an item holds, whatever its
    day of review; one that waits to withhold holds already. `item` is the text as the record has it. A determination is
    never edited or removed; another one replaces it. `partnerships.withheld` reads them.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="withholdings")
    kind = models.CharField(max_length=8, choices=WithholdingKind.choices)
    item = models.CharField("name or location", max_length=200, help_text="As the record has it.")
    effect = models.CharField("determination", max_length=8, choices=WithholdingEffect.choices)
    ground = models.CharField(max_length=11, choices=WithholdingGround.choices, blank=True)
    reason = models.TextField(help_text="Nothing about an individual person, and nothing classified.")
    prints_instead = models.CharField(max_length=120, blank=True)
    review_on = DayField("day of review")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)
    state = models.CharField(
        max_length=10, choices=WithholdingState.choices, default=WithholdingState.PROPOSED, editable=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decided_because = models.CharField("reason for the decision", max_length=500, blank=True, editable=False)

    class Meta:
        ordering = ("partnership", "-id")
        constraints = (
            visible("item"),
            models.CheckConstraint(
                name="withholding_item_long",
                condition=Q(item__regex=r"\S.*\S.*\S"),
                violation_error_code="item",
                violation_error_message="Enter a name or location of at least three letters, as the record has it.",
            ),
            models.CheckConstraint(
                name="withholding_reasoned",
                condition=Q(reason__regex=r"\S"),
                violation_error_code="reason",
                violation_error_message="Enter a reason.",
            ),
            models.CheckConstraint(
                name="withholding_known",
                condition=Q(
                    kind__in=WithholdingKind.values,
                    effect__in=WithholdingEffect.values,
                    ground__in=["", *WithholdingGround.values],
                    state__in=WithholdingState.values,
                ),
                violation_error_code="withholding_choice",
            ),
            models.CheckConstraint(
                name="withholding_ground",
                condition=(Q(effect=WithholdingEffect.WITHHOLD) & ~Q(ground=""))
                | Q(effect=WithholdingEffect.RELEASE, ground="", prints_instead=""),
                violation_error_code="ground",
                violation_error_message=(
                    "To withhold, choose the ground of 22 U.S.C. 2394c(b)(3). To release, leave it and what prints "
                    "instead blank."
                ),
            ),
            models.CheckConstraint(
                name="withholding_decided",
                condition=Q(
                    state=WithholdingState.PROPOSED,
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                    decided_because="",
                )
                | (~Q(state=WithholdingState.PROPOSED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                violation_error_code="withholding_decided",
            ),
            models.CheckConstraint(
                name="withholding_rejected_because",
                condition=~Q(state=WithholdingState.REJECTED) | Q(decided_because__regex=r"\S"),
                violation_error_code="reason",
                violation_error_message="Enter a reason.",
            ),
        )
        triggers = [
            *state_triggers(WITHHOLDING),
            decides_withholding(),
            records_authors("partnerships_withholding"),
            *makes_version(OWN),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return f"{self.get_effect_display()}: {self.item}"

    @property
    def is_open(self) -> bool:
        return self.state == WithholdingState.PROPOSED


class PublishedActivity(CheckedModel, RevisionedModel):
    """The text and the defaults of a partnership in its IATI file. Empty ones are missing there."""

    partnership = models.OneToOneField(Partnership, on_delete=models.PROTECT, related_name="published_activity")
    description = models.TextField(
        blank=True, help_text="For the public. No name of a shelter or a person, and nothing about a single child."
    )
    flow_type = models.CharField("default flow", max_length=3, choices=FlowType.choices, blank=True)
    finance_type = models.CharField("default finance", max_length=4, choices=FinanceType.choices, blank=True)
    aid_type = models.CharField("default aid", max_length=3, choices=AidType.choices, blank=True)
    tied_status = models.CharField("default tied status", max_length=1, choices=TiedStatus.choices, blank=True)
    collaboration_type = models.CharField("collaboration", max_length=1, choices=CollaborationType.choices, blank=True)
    confirmed_on = DayField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "published activities"
        ordering = ("partnership",)
        constraints = (
            models.CheckConstraint(
                name="published_activity_codes",
                condition=Q(
                    flow_type__in=["", *FlowType.values],
                    finance_type__in=["", *FinanceType.values],
                    aid_type__in=["", *AidType.values],
                    tied_status__in=["", *TiedStatus.values],
                    collaboration_type__in=["", *CollaborationType.values],
                ),
                violation_error_code="publication_code",
            ),
        )
        triggers = [counts_revisions(), *history_triggers("r.partnership_id")]

    def __str__(self) -> str:
        return f"Publication of {self.partnership}"


def _percent(label: str, *, optional: bool = True) -> models.DecimalField[Decimal | None, Decimal | None]:
    return models.DecimalField(
        label,
        max_digits=5,
        decimal_places=2,
        null=optional,
        blank=optional,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(HUNDRED)],
    )


class SectorSplit(CheckedModel, RevisionedModel):
    """The sectors of one program in percent of its money, as the office confirmed them.

    A split without a program is that of a partnership of which no program is on record.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="sector_splits")
    program = models.OneToOneField(
        Program, on_delete=models.CASCADE, null=True, blank=True, related_name="sector_split", editable=False
    )
    sector = models.CharField(max_length=5, choices=Sector.choices)
    percent = _percent("percent", optional=False)
    second_sector = models.CharField(max_length=5, choices=Sector.choices, blank=True)
    second_percent = _percent("percent of the second")
    third_sector = models.CharField(max_length=5, choices=Sector.choices, blank=True)
    third_percent = _percent("percent of the third")
    confirmed_on = DayField(null=True, blank=True)

    class Meta:
        ordering = ("partnership", "id")
        constraints = (
            models.UniqueConstraint(
                name="sector_split_once",
                fields=("partnership",),
                condition=Q(program__isnull=True),
                violation_error_code="sector_split",
                violation_error_message="The sectors of this partnership are on record. Change those.",
            ),
            models.CheckConstraint(
                name="sector_split_codes",
                condition=Q(
                    sector__in=Sector.values,
                    second_sector__in=["", *Sector.values],
                    third_sector__in=["", *Sector.values],
                ),
                violation_error_code="publication_code",
            ),
            models.CheckConstraint(
                name="sector_split_pairs",
                condition=Q(percent__gt=0)
                & (
                    Q(second_sector="", second_percent__isnull=True)
                    | (~Q(second_sector="") & Q(second_percent__isnull=False, second_percent__gt=0))
                )
                & (
                    Q(third_sector="", third_percent__isnull=True)
                    | (~Q(third_sector="") & Q(third_percent__isnull=False, third_percent__gt=0))
                ),
                violation_error_code="sector_pair",
                violation_error_message="Each sector needs a percentage, and each percentage a sector.",
            ),
            models.CheckConstraint(
                name="sector_split_different",
                condition=~Q(sector=F("second_sector"))
                & ~Q(sector=F("third_sector"))
                & (Q(second_sector="") | ~Q(second_sector=F("third_sector"))),
                violation_error_code="sector_twice",
                violation_error_message="Choose each sector once.",
            ),
            models.CheckConstraint(
                name="sector_split_adds_up",
                condition=Q(
                    percent=HUNDRED
                    - Coalesce(F("second_percent"), Decimal(0))
                    - Coalesce(F("third_percent"), Decimal(0))
                ),
                violation_error_code="sector_sum",
                violation_error_message="The percentages must add up to 100.",
            ),
        )
        triggers = [
            within_partnership(program_id="program"),
            counts_revisions(),
            *history_triggers("r.partnership_id"),
        ]

    def __str__(self) -> str:
        return f"Sectors of {self.program or self.partnership}"

    @property
    def shares(self) -> list[tuple[str, Decimal]]:
        """Return each sector with its percent."""
        pairs = (
            (self.sector, self.percent),
            (self.second_sector, self.second_percent),
            (self.third_sector, self.third_percent),
        )
        return [(sector, percent) for sector, percent in pairs if sector and percent is not None]


class PublishedOrganization(CheckedModel, RevisionedModel):
    """The kind of an organization in the IATI file, and its identifier there, by its name in the record."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="published_organizations")
    name = models.CharField(max_length=200, editable=False)
    type = models.CharField("organization type", max_length=2, choices=OrganizationType.choices)
    identifier = models.CharField(
        "IATI organization identifier", max_length=80, blank=True, help_text="If it has one, for example XM-DAC-41122."
    )

    class Meta:
        ordering = ("partnership", "name")
        constraints = (
            visible("name"),
            models.UniqueConstraint(
                name="published_organization_once",
                fields=("partnership", "name"),
                violation_error_code="organization_once",
                violation_error_message="The type of this organization is on record. Change that one.",
            ),
            models.CheckConstraint(
                name="published_organization_type",
                condition=Q(type__in=OrganizationType.values),
                violation_error_code="publication_code",
            ),
            models.CheckConstraint(
                name="published_organization_identifier",
                condition=Q(identifier="") | Q(identifier__regex=r"^[A-Za-z0-9][A-Za-z0-9:._-]{3,}$"),
                violation_error_code="identifier",
                violation_error_message="An identifier has letters, digits, and hyphens, for example XM-DAC-41122.",
            ),
        )
        triggers = [counts_revisions(), *history_triggers("r.partnership_id")]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_type_display()}"


_OF_DOCUMENT = "(SELECT d.partnership_id FROM partnerships_document d WHERE d.id = r.document_id)"


class PublishedDocument(CheckedModel, RevisionedModel):
    """The category and public address of a document in the IATI file. A document without one is not published."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="published", editable=False)
    goes_out = models.BooleanField("goes out", default=True)
    category = models.CharField(max_length=3, choices=DocumentCategory.choices)
    address = models.URLField(
        "public address", max_length=500, blank=True, help_text="Where anyone can read it, beginning with https://."
    )
    language = models.CharField(max_length=2, choices=Language.choices, default=Language.ENGLISH)

    class Meta:
        ordering = ("document",)
        constraints = (
            models.CheckConstraint(
                name="published_document_codes",
                condition=Q(category__in=DocumentCategory.values, language__in=Language.values),
                violation_error_code="publication_code",
            ),
            models.CheckConstraint(
                name="published_document_address",
                condition=Q(goes_out=False, address="") | Q(address__regex=r"^https://[^\s/]+\.[^\s/]+"),
                violation_error_code="address",
                violation_error_message="A document that goes out needs a public address that begins with https://.",
            ),
        )
        triggers = [counts_revisions(), *history_triggers(_OF_DOCUMENT)]

    def __str__(self) -> str:
        return f"Publication of {self.document}"
