"""The first day is frozen, the term counts from entry into force or that day, and awards end within bounds."""

import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import cpc.days
import partnerships.models.partnership

# A term that was lawful, counted from a later first day, stays lawful as it is; nothing can be added to it.
KEEP_TERMS = """
    UPDATE partnerships_partnership
    SET term_limit_months = cpc_months_needed(least(starts_on, signed_on), ends_on)
    WHERE cpc_months_needed(least(starts_on, signed_on), ends_on) > term_limit_months;
    SET CONSTRAINTS ALL IMMEDIATE;
"""
# Until now the day on which an award ended was in the trail of changes alone.
KEEP_ENDS = """
    UPDATE partnerships_award w SET ended_on = greatest(e.day, w.starts_on)
    FROM (
        SELECT DISTINCT ON (object_id) object_id, (after ->> 'on')::date AS day FROM audit_auditentry
        WHERE object_type = 'partnerships.award' AND action = 'gave the reason'
        AND after ->> 'state' IN ('ended', 'terminated')
        ORDER BY object_id, id DESC
    ) e
    WHERE e.object_id = w.id::text AND w.state IN ('ended', 'terminated', 'closed')
    AND e.day BETWEEN '1990-01-01' AND cpc_today();
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('partnerships', '0011_plausible_days'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='partnership',
            name='a_derives_columns',
        ),
        migrations.RemoveConstraint(
            model_name='partnership',
            name='partnership_term_within_limit',
        ),
        migrations.RunSQL(KEEP_TERMS, migrations.RunSQL.noop),
        migrations.AddField(
            model_name='award',
            name='ended_on',
            field=cpc.days.DayField(blank=True, editable=False, help_text='The day it actually ended.', null=True),
        ),
        migrations.AddField(
            model_name='limitpolicy',
            name='award_months',
            field=models.PositiveSmallIntegerField(db_default=12, verbose_name='months an award may outlast the term'),
        ),
        migrations.RunSQL(KEEP_ENDS, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='award',
            trigger=pgtrigger.compiler.Trigger(name='b_in_bounds', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE first date;', func="\n            IF TG_OP = 'UPDATE' AND OLD.state IN ('terminated', 'ended', 'closed') AND NEW.state NOT IN ('terminated', 'ended', 'closed') THEN\n                NEW.ended_on := NULL;\n            END IF;\n            IF TG_OP = 'UPDATE' AND (NEW.starts_on, NEW.ends_on) IS NOT DISTINCT FROM (OLD.starts_on, OLD.ends_on) THEN\n                RETURN NEW;\n            END IF;\n            SELECT starts_on INTO first FROM partnerships_partnership WHERE id = NEW.partnership_id;\n            first := coalesce(first, NEW.starts_on, cpc_today());\n            IF greatest(NEW.starts_on, NEW.ends_on) > first + make_interval(0, 120) THEN\n                PERFORM cpc_refuse('award_hard_end', 'An award ends ten years after the first day of its partnership at the latest.');\n            END IF;\n            RETURN NEW;\n        ", hash='fd05bee5ab3e0bc0d0f55d1b3d48fdfefb458c3b', operation='INSERT OR UPDATE', pgid='pgtrigger_b_in_bounds_28e09', table='partnerships_award', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgerentry',
            trigger=pgtrigger.compiler.Trigger(name='b_in_force', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."kind" = \'obligation\')', func='\n            IF NEW."on" < (SELECT least(p.starts_on, p.signed_on) FROM partnerships_partnership p\n                JOIN partnerships_award a ON a.partnership_id = p.id WHERE a.id = NEW.award_id) THEN\n                PERFORM cpc_refuse(\'obligation_before_force\',\n                    \'Money is obligated before the partnership is in force and before its first day.\');\n            END IF;\n            RETURN NEW;\n        ', hash='7348e56bd4fc3ac09ba147d7b5f2fbe016ae2ec4', operation='INSERT', pgid='pgtrigger_b_in_force_fddd8', table='partnerships_ledgerentry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partnership',
            trigger=pgtrigger.compiler.Trigger(name='a_derives_columns', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE d partnerships_partnership%ROWTYPE; was partnerships_partnership%ROWTYPE; binding record;', func="\n            d := NEW;\n            IF TG_OP = 'INSERT' THEN\n                was := NEW;\n                was.limit_policy_id := NULL; was.term_limit_months := 0; was.funding_limit := 0;\n                was.planned_total := 0; was.notified_total := 0; was.awarded_total := 0;\n                was.obligated_total := 0; was.disbursed_total := 0;\n                IF NEW.kind = 'managed' THEN\n                    was.status := 'selected'; was.status_as_of := NULL;\n                    was.signed_on := NULL; was.ended_on := NULL;\n                END IF;\n            ELSE\n                was := OLD;\n                IF NEW.kind <> OLD.kind OR NEW.country_id <> OLD.country_id OR NEW.id <> OLD.id THEN\n                    PERFORM cpc_refuse('fixed', 'Country and kind of a record are fixed when it is made.');\n                END IF;\n            END IF;\n            IF NEW.kind = 'managed' THEN\n                SELECT * INTO d.status, d.status_as_of, d.signed_on, d.ended_on FROM cpc_status(NEW.id);\n            END IF;\n            SELECT * INTO d.planned_total, d.notified_total, d.awarded_total, d.obligated_total, d.disbursed_total\n                FROM cpc_totals(NEW.id);\n            SELECT * INTO binding FROM cpc_limits(NEW.id, d.signed_on,\n                CASE WHEN was.signed_on IS NOT NULL THEN was.limit_policy_id END, cpc_today());\n            d.limit_policy_id := binding.policy_id;\n            d.term_limit_months := binding.term_months;\n            d.funding_limit := binding.funding;\n            IF TG_OP = 'UPDATE' AND (OLD.signed_on IS NOT NULL OR d.signed_on IS NULL) THEN\n                d.term_limit_months := greatest(d.term_limit_months, least(OLD.term_limit_months,\n                    coalesce(cpc_months_needed(least(OLD.starts_on, OLD.signed_on), OLD.ends_on), 0)));\n                d.funding_limit := greatest(d.funding_limit,\n                    least(OLD.funding_limit, greatest(OLD.planned_total, OLD.notified_total)));\n            END IF;\n            IF NEW.status IS DISTINCT FROM was.status AND NEW.status IS DISTINCT FROM d.status OR NEW.status_as_of IS DISTINCT FROM was.status_as_of AND NEW.status_as_of IS DISTINCT FROM d.status_as_of OR NEW.signed_on IS DISTINCT FROM was.signed_on AND NEW.signed_on IS DISTINCT FROM d.signed_on OR NEW.ended_on IS DISTINCT FROM was.ended_on AND NEW.ended_on IS DISTINCT FROM d.ended_on THEN\n                PERFORM cpc_refuse('derived_status', 'Status and its dates follow from recorded steps.');\n            ELSIF NEW.limit_policy_id IS DISTINCT FROM was.limit_policy_id AND NEW.limit_policy_id IS DISTINCT FROM d.limit_policy_id OR NEW.term_limit_months IS DISTINCT FROM was.term_limit_months AND NEW.term_limit_months IS DISTINCT FROM d.term_limit_months OR NEW.funding_limit IS DISTINCT FROM was.funding_limit AND NEW.funding_limit IS DISTINCT FROM d.funding_limit THEN\n                PERFORM cpc_refuse('derived_limits', 'Limits follow from the policy and granted exceptions.');\n            ELSIF NEW.planned_total IS DISTINCT FROM was.planned_total AND NEW.planned_total IS DISTINCT FROM d.planned_total OR NEW.notified_total IS DISTINCT FROM was.notified_total AND NEW.notified_total IS DISTINCT FROM d.notified_total OR NEW.awarded_total IS DISTINCT FROM was.awarded_total AND NEW.awarded_total IS DISTINCT FROM d.awarded_total OR NEW.obligated_total IS DISTINCT FROM was.obligated_total AND NEW.obligated_total IS DISTINCT FROM d.obligated_total OR NEW.disbursed_total IS DISTINCT FROM was.disbursed_total AND NEW.disbursed_total IS DISTINCT FROM d.disbursed_total THEN\n                PERFORM cpc_refuse('derived_totals', 'Totals follow from programmes, notifications and the ledger.');\n            END IF;\n            NEW.status := d.status;\nNEW.status_as_of := d.status_as_of;\nNEW.signed_on := d.signed_on;\nNEW.ended_on := d.ended_on;\nNEW.limit_policy_id := d.limit_policy_id;\nNEW.term_limit_months := d.term_limit_months;\nNEW.funding_limit := d.funding_limit;\nNEW.planned_total := d.planned_total;\nNEW.notified_total := d.notified_total;\nNEW.awarded_total := d.awarded_total;\nNEW.obligated_total := d.obligated_total;\nNEW.disbursed_total := d.disbursed_total;\n            RETURN NEW;\n        ", hash='640eb0b68027f3a6fc68d5070269a0ba834ca169', operation='INSERT OR UPDATE', pgid='pgtrigger_a_derives_columns_0c4f7', table='partnerships_partnership', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='partnership',
            trigger=pgtrigger.compiler.Trigger(name='ab_first_day_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF NEW.starts_on IS NOT DISTINCT FROM OLD.starts_on\n               AND (OLD.kind = 'managed' OR NEW.signed_on IS NOT DISTINCT FROM OLD.signed_on) THEN\n                RETURN NEW;\n            END IF;\n            IF (OLD.kind = 'documented' AND (OLD.starts_on IS NOT NULL AND NEW.starts_on IS DISTINCT FROM OLD.starts_on\n                    OR OLD.signed_on IS NOT NULL AND NEW.signed_on IS DISTINCT FROM OLD.signed_on))\n               OR (OLD.kind = 'managed' AND OLD.signed_on IS NOT NULL AND NOT EXISTS (\n                SELECT 1 FROM partnerships_amendment m\n                JOIN partnerships_documentversion v ON v.id = m.document_id\n                JOIN partnerships_document d ON d.id = v.document_id\n                WHERE m.partnership_id = OLD.id AND d.partnership_id = OLD.id AND m.kind = 'correction'\n                AND m.state = 'applied' AND m.applied_in = pg_current_xact_id()::text::bigint)) THEN\n                PERFORM cpc_refuse('first_day_frozen', 'The first day is fixed once the partnership is in force. To set a wrong day right, draft an amendment of the kind Correction with the document that shows the right one; another person approves it.');\n            END IF;\n            IF EXISTS (SELECT 1 FROM partnerships_award w WHERE w.partnership_id = OLD.id\n                AND greatest(w.starts_on, w.ends_on) > NEW.starts_on + make_interval(0, 120)) THEN\n                PERFORM cpc_refuse('award_hard_end', 'An award ends ten years after the first day of its partnership at the latest.');\n            END IF;\n            RETURN NEW;\n        ", hash='a714046de91425ff12f4b13ac02f26bc6d8b74e3', operation='UPDATE', pgid='pgtrigger_ab_first_day_frozen_0cfc1', table='partnerships_partnership', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('starts_on__isnull', True), ('ended_on__gte', models.F('starts_on')), _connector='OR'), name='award_ended_after_start', violation_error_code='dates_order', violation_error_message='It ended before it starts.'),
        ),
        migrations.AddConstraint(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('state__in', ('terminated', 'ended', 'closed')), _connector='OR'), name='award_ended_is_over', violation_error_code='award_state', violation_error_message='An award that has not ended has no day on which it ended.'),
        ),
        migrations.AddConstraint(
            model_name='limitpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('award_months__lte', 120)), name='limit_policy_award_months', violation_error_code='award_months', violation_error_message='No award outlasts its partnership by more than ten years.'),
        ),
        migrations.AddConstraint(
            model_name='partnership',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__isnull', True), ('ends_on__isnull', True), ('ends_on__lte', partnerships.models.partnership.LastLawfulDay(django.db.models.functions.comparison.Least('starts_on', 'signed_on'), 'term_limit_months')), _connector='OR'), name='partnership_term_within_limit', violation_error_code='term_limit', violation_error_message='The term would be longer than its limit.'),
        ),
    ]
