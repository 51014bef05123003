"""Dated policies of the desk screen's pool, and admissions of countries that the policies exclude.

One person proposes each and another decides it. The triggers are in `selection.database.pool_triggers`.
"""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from cpc.checked import CheckedModel
from cpc.database.triggers import never_truncated
from cpc.days import DayField
from indicators.models import Country, never_of_sample
from selection.database.pool_triggers import admits, decides_policy, never_deleted
from selection.decidable import records_authors
from selection.pool_rules.policy import POSITIONS, REASONS, Reason

SOMETHING = r"\S"
"""Pattern of a text that is more than white space."""


class PoolDecision(models.TextChoices):
    OPEN = "", "Awaiting a decision"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Rejected"


class Decided(CheckedModel):
    """Record that another person approves or rejects once, after which it never changes."""

    decision = models.CharField(
        max_length=10, choices=PoolDecision.choices, default=PoolDecision.OPEN, blank=True, editable=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    decision_note = models.TextField("note on the decision", blank=True, editable=False)

    class Meta:
        abstract = True
        constraints = (
            models.CheckConstraint(
                name="%(class)s_decided",
                condition=Q(decision="", decided_by__isnull=True, decided_at__isnull=True, decision_note="")
                | Q(decision__in=(PoolDecision.APPROVED, PoolDecision.REFUSED), decided_at__isnull=False),
                violation_error_code="decision",
                violation_error_message="A decision needs a date.",
            ),
            models.CheckConstraint(
                name="%(class)s_refused_with_reason",
                condition=~Q(decision=PoolDecision.REFUSED) | Q(decision_note__regex=SOMETHING),
                violation_error_code="decision_note",
                violation_error_message="Enter the reason for the rejection.",
            ),
        )

    @property
    def is_open(self) -> bool:
        return self.decision == PoolDecision.OPEN


class Proposal(Decided):
    """Proposal by one person that takes effect once another person approves it.

    `proposed_by` is empty only for rows that ship with the project.
    """

    why = models.TextField("reason")
    legal_note = models.TextField("legal note", blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True
        constraints = (
            *Decided.Meta.constraints,
            models.CheckConstraint(
                name="%(class)s_reasoned",
                condition=Q(why__regex=SOMETHING),
                violation_error_code="why",
                violation_error_message="Enter the reason.",
            ),
        )


def _values_known() -> Q:
    """Return the condition that a policy uses only its reason's values and its reason's position in the order."""
    known = Q()
    for reason, rule in REASONS.items():
        named = Q(puts_outside=list(rule.values)) if rule.fixed else Q(puts_outside__contained_by=list(rule.values))
        known |= Q(reason=reason.value, place=POSITIONS[reason]) & named
    return known


class PoolPolicy(Proposal):
    """Rule of the pool for one reason, in force from a day until another rule for the reason replaces it.

    `puts_outside` names the tiers, income classes, and other values that are outside; an empty list lets all countries
    in. `replaced_on` is the first day on which it is no longer in force; the database fills it when the next rule for
    the reason is approved. The first rule for each reason ships with the project and names no person.
    """

    reason = models.CharField(max_length=20, choices=[(one.value, rule.label) for one, rule in REASONS.items()])
    place = models.PositiveSmallIntegerField("position in the order", editable=False)
    puts_outside = ArrayField(
        models.CharField(max_length=20), blank=True, default=list, verbose_name="outside the pool"
    )
    citation = models.CharField("document that sets it", max_length=300)
    in_force_from = DayField("in force from")
    replaced_on = DayField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("place", "-in_force_from", "-id")
        verbose_name = "pool policy"
        verbose_name_plural = "pool policies"
        triggers = [decides_policy(), records_authors("selection_poolpolicy"), never_deleted(), never_truncated()]
        constraints = (
            *Proposal.Meta.constraints,
            models.CheckConstraint(
                name="pool_policy_values",
                condition=_values_known(),
                violation_error_code="puts_outside",
                violation_error_message="A rule can name only the values of its reason.",
            ),
            models.CheckConstraint(
                name="pool_policy_cited",
                condition=Q(citation__regex=SOMETHING),
                violation_error_code="citation",
                violation_error_message="Enter the document that sets the rule.",
            ),
            models.CheckConstraint(
                name="pool_policy_tier3_noted",
                condition=~Q(reason=Reason.TIER3.value)
                | Q(puts_outside__contains=["Tier 3"])
                | Q(legal_note__regex=SOMETHING),
                violation_error_code="legal_note",
                violation_error_message="To let in Tier 3 countries, enter a legal note (22 U.S.C. 7107).",
            ),
            models.CheckConstraint(
                name="pool_policy_replaced_later",
                condition=Q(replaced_on__isnull=True)
                | Q(replaced_on__gt=F("in_force_from"), decision=PoolDecision.APPROVED),
                violation_error_code="replaced_on",
                violation_error_message="A rule can be replaced only after its first day.",
            ),
            models.UniqueConstraint(
                name="pool_policy_shipped_once",
                fields=("reason",),
                condition=Q(proposed_by__isnull=True),
                violation_error_code="proposed_by",
                violation_error_message="Only the first rule for a reason can come with the project.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_reason_display()}, from {self.in_force_from}"


class Admission(Proposal):
    """Admission to the pool of one country that the policy excludes, until a last day.

    The database fills `tier` (the newest stated tier of the country), `in_force_from` (the day of the approval) and
    `ended_on` (the day on which it was ended early: the first day on which it is no longer in force).
    """

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="admissions")
    tier = models.CharField(max_length=60, blank=True, editable=False)
    until = DayField("last day")
    in_force_from = DayField(null=True, blank=True, editable=False)
    ended_on = DayField(null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    ended_because = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ("-id",)
        triggers = [
            admits(),
            records_authors("selection_admission"),
            *never_of_sample(pgtrigger.Insert, pgtrigger.Update),
            never_deleted(),
            never_truncated(),
        ]
        constraints = (
            *Proposal.Meta.constraints,
            models.CheckConstraint(
                name="admission_proposed",
                condition=Q(proposed_by__isnull=False),
                violation_error_code="proposed_by",
                violation_error_message="A person must propose an admission.",
            ),
            models.CheckConstraint(
                name="admission_tier3_noted",
                condition=~Q(tier="Tier 3") | Q(legal_note__regex=SOMETHING),
                violation_error_code="legal_note",
                violation_error_message="To admit a Tier 3 country, enter a legal note (22 U.S.C. 7107).",
            ),
            models.CheckConstraint(
                name="admission_dated",
                condition=Q(decision=PoolDecision.APPROVED, in_force_from__isnull=False, until__gte=F("in_force_from"))
                | ~Q(decision=PoolDecision.APPROVED) & Q(in_force_from__isnull=True),
                violation_error_code="in_force_from",
                violation_error_message="An admission must start on the date of its approval and end later.",
            ),
            models.CheckConstraint(
                name="admission_ended_with_reason",
                condition=Q(ended_on__isnull=True, ended_by__isnull=True, ended_because="")
                | Q(
                    ended_on__isnull=False,
                    ended_by__isnull=False,
                    ended_because__regex=SOMETHING,
                    decision=PoolDecision.APPROVED,
                ),
                violation_error_code="ended_because",
                violation_error_message="Ending an admission needs a person and a reason.",
            ),
        )

    def __str__(self) -> str:
        return f"Admission of {self.country}"
