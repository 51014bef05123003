"""Triggers for results of several reporters: methods by version of the plan, and what several counted."""

from __future__ import annotations

from collections.abc import Mapping

import pgtrigger

from partnerships.aggregation import METHODS, Method
from partnerships.progress import Measure

USUAL = " ".join(f"WHEN '{measure}' THEN '{methods[0]}'" for measure, methods in METHODS.items())


def keeps_methods() -> pgtrigger.Trigger:
    """Return a trigger that stores the method of each indicator when its plan is approved.

    The figure of a year uses the method that was stored before its approval, so that a later plan redraws no past year.
    """
    return pgtrigger.Trigger(
        name="z_keeps_methods",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__name="approve"),
        func=f"""
            INSERT INTO partnerships_plannedmethod (step_id, indicator_id, aggregation)
                SELECT NEW.id, i.id, CASE WHEN i.aggregation <> '' THEN i.aggregation
                    ELSE CASE i.measure {USUAL} END END
                FROM partnerships_outcomeindicator i JOIN partnerships_monitoringplan p USING (partnership_id)
                WHERE p.id = NEW.plan_id AND NOT i.withdrawn;
            RETURN NULL;
        """,  # noqa: S608  # names of our own tables alone
    )


def permitted_methods() -> Mapping[Measure, list[str]]:
    return {measure: [method.value for method in methods] for measure, methods in METHODS.items()}


def takes_doubles() -> pgtrigger.Trigger:
    """Return a trigger that permits duplicates only for an indicator whose duplicates are taken off.

    A row can replace only one of the same period and indicator.
    """
    return pgtrigger.Trigger(
        name="c_belongs",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("i", "partnerships_outcomeindicator%ROWTYPE"), ("replaced", "partnerships_doublecount%ROWTYPE")],
        func=f"""
            SELECT * INTO i FROM partnerships_outcomeindicator WHERE id = NEW.indicator_id;
            IF (SELECT partnership_id FROM partnerships_reportingperiod WHERE id = NEW.period_id)
               <> i.partnership_id THEN
                PERFORM cpc_refuse('other_partnership', 'Period and indicator belong to different partnerships.');
            END IF;
            IF i.aggregation <> '{Method.DISTINCT}' THEN
                PERFORM cpc_refuse('aggregation', 'The plan does not take duplicates off this indicator.');
            END IF;
            IF NEW.replaces_id IS NOT NULL THEN
                SELECT * INTO replaced FROM partnerships_doublecount WHERE id = NEW.replaces_id;
                IF (replaced.period_id, replaced.indicator_id) <> (NEW.period_id, NEW.indicator_id) THEN
                    PERFORM cpc_refuse('replaces',
                        'Duplicates can replace only those of the same period and indicator.');
                END IF;
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of our own tables alone
    )


def doubles_bounded() -> pgtrigger.Trigger:
    """Return a trigger that rejects, at the end of the transaction, more duplicates than there can be.

    There are at most the total less the largest reporter: what one reporter counted, it counted once.
    """
    return pgtrigger.Trigger(
        name="z_doubles_bounded",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        declare=[("doubles", "numeric"), ("most", "numeric")],
        func="""
            SELECT d.value INTO doubles FROM partnerships_doublecount d
                WHERE d.period_id = NEW.period_id AND d.indicator_id = NEW.indicator_id
                    AND NOT EXISTS (SELECT 1 FROM partnerships_doublecount l WHERE l.replaces_id = d.id);
            IF doubles > 0 THEN
                SELECT coalesce(sum(r.value) - max(r.value), 0) INTO most FROM partnerships_result r
                    WHERE r.period_id = NEW.period_id AND r.indicator_id = NEW.indicator_id
                        AND NOT EXISTS (SELECT 1 FROM partnerships_result l WHERE l.replaces_id = r.id);
                IF doubles > most THEN
                    PERFORM cpc_refuse('doubles', 'There can be at most ' || trim_scale(most) || ' duplicates: the '
                        || 'total less the largest reporter. Correct the duplicates or a result.');
                END IF;
            END IF;
            RETURN NULL;
        """,
    )


def in_a_region() -> pgtrigger.Trigger:
    """Return a trigger that permits only the focus regions of the partnership, and wider ones, never an address."""
    return pgtrigger.Trigger(
        name="b_in_a_region",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("region"),  # type: ignore[no-untyped-call]  # pgtrigger is untyped
        func="""
            IF NEW.region NOT IN ('', 'Elsewhere', 'Several regions') AND NOT EXISTS (
                SELECT 1 FROM partnerships_partnership p
                WHERE p.id = NEW.partnership_id AND to_jsonb(p.focus_regions) ? NEW.region) THEN
                PERFORM cpc_refuse('region', 'Choose a focus region of the partnership, never an address.');
            END IF;
            RETURN NEW;
        """,
    )


def narrative_belongs() -> pgtrigger.Trigger:
    """Return a trigger that requires a narrative's report or participant to fit its partnership.

    A report is a performance report, and a participant one of the partner government. A narrative replaces only one of
    the same report, or of the same participant and year.
    """
    return pgtrigger.Trigger(
        name="c_belongs",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("replaced", "partnerships_performancenarrative%ROWTYPE")],
        func="""
            IF NEW.report_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM partnerships_reportdue r JOIN partnerships_award a ON a.id = r.award_id
                WHERE r.id = NEW.report_id AND r.kind = 'performance' AND a.partnership_id = NEW.partnership_id) THEN
                PERFORM cpc_refuse('report', 'Choose a performance report of this partnership.');
            END IF;
            IF NEW.participant_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM partnerships_participant p WHERE p.id = NEW.participant_id AND p.government = 'partner'
                    AND p.partnership_id = NEW.partnership_id) THEN
                PERFORM cpc_refuse('participant', 'Choose an office of the partner government.');
            END IF;
            IF NEW.replaces_id IS NOT NULL THEN
                SELECT * INTO replaced FROM partnerships_performancenarrative WHERE id = NEW.replaces_id;
                IF replaced.report_id IS DISTINCT FROM NEW.report_id
                   OR replaced.participant_id IS DISTINCT FROM NEW.participant_id
                   OR replaced.fiscal_year IS DISTINCT FROM NEW.fiscal_year THEN
                    PERFORM cpc_refuse('replaces', 'A narrative can replace only one of the same reporter and report.');
                END IF;
            END IF;
            RETURN NEW;
        """,
    )
