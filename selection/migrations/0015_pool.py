"""The pool of the desk screen: dated policy and admissions, each proposed by one person and decided by another."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import cpc.days


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0011_visible_titles'),
        ('selection', '0014_ranking_columns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PoolPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.TextField(verbose_name='reason')),
                ('legal_note', models.TextField(blank=True, verbose_name='legal note')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('decision', models.CharField(blank=True, choices=[('', 'Waits for a decision'), ('approved', 'Approved'), ('refused', 'Refused')], default='', editable=False, max_length=10)),
                ('decided_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('decision_note', models.TextField(blank=True, editable=False, verbose_name='note on the decision')),
                ('reason', models.CharField(choices=[('united_states', 'The United States'), ('partnership', 'A partnership is in force'), ('special_case', 'Special Case'), ('tier3', 'Tier 3'), ('no_income_class', 'No income class'), ('high_income', 'High income')], max_length=20)),
                ('place', models.PositiveSmallIntegerField(editable=False, verbose_name='place in the order')),
                ('puts_outside', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None, verbose_name='outside the pool')),
                ('citation', models.CharField(max_length=300, verbose_name='document that sets it')),
                ('in_force_from', cpc.days.DayField(verbose_name='in force from')),
                ('replaced_on', cpc.days.DayField(blank=True, editable=False, null=True)),
                ('decided_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'pool policy',
                'verbose_name_plural': 'pool policies',
                'ordering': ('place', '-in_force_from', '-id'),
            },
        ),
        migrations.CreateModel(
            name='Admission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.TextField(verbose_name='reason')),
                ('legal_note', models.TextField(blank=True, verbose_name='legal note')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('decision', models.CharField(blank=True, choices=[('', 'Waits for a decision'), ('approved', 'Approved'), ('refused', 'Refused')], default='', editable=False, max_length=10)),
                ('decided_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('decision_note', models.TextField(blank=True, editable=False, verbose_name='note on the decision')),
                ('tier', models.CharField(blank=True, editable=False, max_length=60)),
                ('until', cpc.days.DayField(verbose_name='last day')),
                ('in_force_from', cpc.days.DayField(blank=True, editable=False, null=True)),
                ('ended_on', cpc.days.DayField(blank=True, editable=False, null=True)),
                ('ended_because', models.TextField(blank=True, editable=False)),
                ('country', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='admissions', to='indicators.country')),
                ('decided_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
                'constraints': [models.CheckConstraint(condition=models.Q(('why__regex', '\\S')), name='admission_reasoned', violation_error_code='why', violation_error_message='Say why.'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('proposed_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='admission_two_people', violation_error_code='two_people', violation_error_message='Another person decides on the proposal.'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('decision', ''), ('decision_note', '')), models.Q(('decided_at__isnull', False), ('decision__in', ('approved', 'refused'))), _connector='OR'), name='admission_decided', violation_error_code='decision', violation_error_message='A decision is recorded together with its day.'), models.CheckConstraint(condition=models.Q(models.Q(('decision', 'refused'), _negated=True), ('decision_note__regex', '\\S'), _connector='OR'), name='admission_refused_with_reason', violation_error_code='decision_note', violation_error_message='Say why it is refused.'), models.CheckConstraint(condition=models.Q(('proposed_by__isnull', False)), name='admission_proposed', violation_error_code='proposed_by', violation_error_message='An admission is proposed by a person.'), models.CheckConstraint(condition=models.Q(models.Q(('tier', 'Tier 3'), _negated=True), ('legal_note__regex', '\\S'), _connector='OR'), name='admission_tier3_noted', violation_error_code='legal_note', violation_error_message='A Tier 3 country is admitted with a legal note (22 U.S.C. 7107).'), models.CheckConstraint(condition=models.Q(models.Q(('decision', 'approved'), ('in_force_from__isnull', False), ('until__gte', models.F('in_force_from'))), models.Q(models.Q(('decision', 'approved'), _negated=True), ('in_force_from__isnull', True)), _connector='OR'), name='admission_dated', violation_error_code='in_force_from', violation_error_message='An admission is in force from the day of its approval, until a day after it.'), models.CheckConstraint(condition=models.Q(models.Q(('ended_because', ''), ('ended_by__isnull', True), ('ended_on__isnull', True)), models.Q(('decision', 'approved'), ('ended_because__regex', '\\S'), ('ended_by__isnull', False), ('ended_on__isnull', False)), _connector='OR'), name='admission_ended_with_reason', violation_error_code='ended_because', violation_error_message='An admission is ended by a person, with a reason.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='admission',
            trigger=pgtrigger.compiler.Trigger(name='a_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE kept selection_admission%ROWTYPE;', func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.decision <> '' OR NEW.in_force_from IS NOT NULL OR NEW.ended_on IS NOT NULL THEN\n                    PERFORM cpc_refuse('two_people', 'A proposal waits for the decision of another person.');\n                ELSIF NOT cpc_may_partner(NEW.country_id) THEN\n                    PERFORM cpc_refuse('no_candidate',\n                        'Only a state that the TIP Report lists is admitted, and never the United States.');\n                ELSIF NEW.until < cpc_today() THEN\n                    PERFORM cpc_refuse('admission_over', 'The last day is past. Choose today or a later day.');\n                END IF;\n                \n                NEW.tier := coalesce((SELECT o.label FROM indicators_observation o\n                    JOIN indicators_indicator i ON i.id = o.indicator_id\n                    WHERE i.code = 'tip.tier' AND o.country_id = NEW.country_id AND o.valid_to IS NULL\n                    AND o.label <> '' AND o.quality <> 'inferred' ORDER BY o.year DESC, o.id DESC LIMIT 1), '');\n                RETURN NEW;\n            END IF;\n            IF OLD.decision = '' THEN\n                \n                kept := NEW; kept.decision := OLD.decision; kept.decided_by_id := OLD.decided_by_id; kept.decided_at := OLD.decided_at; kept.decision_note := OLD.decision_note; kept.in_force_from := OLD.in_force_from; kept.tier := OLD.tier;\n                IF kept IS DISTINCT FROM OLD THEN\n                    PERFORM cpc_refuse('proposal_kept', 'A proposal does not change; only the decision on it is recorded.');\n                END IF;\n                \n                IF NEW.decision NOT IN ('approved', 'refused') THEN\n                    PERFORM cpc_refuse('decision', 'A proposal is approved or refused.');\n                ELSIF NEW.decided_by_id IS NULL OR NEW.decided_by_id = NEW.proposed_by_id THEN\n                    PERFORM cpc_refuse('two_people', 'Another person decides on the proposal.');\n                ELSIF NOT cpc_may_approve(NEW.decided_by_id, ARRAY['approver']) THEN\n                    PERFORM cpc_refuse('may_not_approve', 'This account may not decide on the pool.');\n                END IF;\n                NEW.decided_at := now();\n                \n                NEW.tier := coalesce((SELECT o.label FROM indicators_observation o\n                    JOIN indicators_indicator i ON i.id = o.indicator_id\n                    WHERE i.code = 'tip.tier' AND o.country_id = NEW.country_id AND o.valid_to IS NULL\n                    AND o.label <> '' AND o.quality <> 'inferred' ORDER BY o.year DESC, o.id DESC LIMIT 1), '');\n                NEW.in_force_from := NULL;\n                IF NEW.decision = 'approved' THEN\n                    PERFORM 1 FROM indicators_country WHERE id = NEW.country_id FOR NO KEY UPDATE;\n                    IF NEW.until < cpc_today() THEN\n                        PERFORM cpc_refuse('admission_over', 'The last day is past; propose it again.');\n                    ELSIF EXISTS (SELECT 1 FROM selection_admission WHERE country_id = NEW.country_id AND id <> NEW.id\n                                  AND decision = 'approved' AND ended_on IS NULL AND until >= cpc_today()) THEN\n                        PERFORM cpc_refuse('admitted_already', 'The country is admitted already; end that first.');\n                    END IF;\n                    NEW.in_force_from := cpc_today();\n                END IF;\n                RETURN NEW;\n            END IF;\n            IF OLD.decision <> 'approved' OR OLD.ended_by_id IS NOT NULL OR NEW.ended_by_id IS NULL THEN\n                PERFORM cpc_refuse('admission_kept', 'A decided admission does not change; it may be ended once.');\n            END IF;\n            \n                kept := NEW; kept.ended_on := OLD.ended_on; kept.ended_by_id := OLD.ended_by_id; kept.ended_because := OLD.ended_because;\n                IF kept IS DISTINCT FROM OLD THEN\n                    PERFORM cpc_refuse('admission_kept', 'A decided admission does not change; it may be ended once.');\n                END IF;\n            IF NOT cpc_may_approve(NEW.ended_by_id, ARRAY['approver']) THEN\n                PERFORM cpc_refuse('may_not_approve', 'This account may not end an admission.');\n            ELSIF NEW.until < cpc_today() THEN\n                PERFORM cpc_refuse('admission_over', 'The admission is over already.');\n            END IF;\n            NEW.ended_on := cpc_today();\n            RETURN NEW;\n        ", hash='538f4f2b2aeb52830ecbd49f6cbf4c5d877ca61c', operation='INSERT OR UPDATE', pgid='pgtrigger_a_decided_once_b3a5f', table='selection_admission', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='admission',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='991fdd04ef179478bff00a7f0e390df550b943e7', operation='DELETE', pgid='pgtrigger_never_deleted_394ec', table='selection_admission', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='admission',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the rows of % are kept', TG_TABLE_NAME;", hash='120fedc70704104d04580346ae41e698f1a99e27', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_8b4af', table='selection_admission', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='poolpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('why__regex', '\\S')), name='poolpolicy_reasoned', violation_error_code='why', violation_error_message='Say why.'),
        ),
        migrations.AddConstraint(
            model_name='poolpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('proposed_by__isnull', True), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='poolpolicy_two_people', violation_error_code='two_people', violation_error_message='Another person decides on the proposal.'),
        ),
        migrations.AddConstraint(
            model_name='poolpolicy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('decision', ''), ('decision_note', '')), models.Q(('decided_at__isnull', False), ('decision__in', ('approved', 'refused'))), _connector='OR'), name='poolpolicy_decided', violation_error_code='decision', violation_error_message='A decision is recorded together with its day.'),
        ),
        migrations.AddConstraint(
            model_name='poolpolicy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision', 'refused'), _negated=True), ('decision_note__regex', '\\S'), _connector='OR'), name='poolpolicy_refused_with_reason', violation_error_code='decision_note', violation_error_message='Say why it is refused.'),
        ),
        migrations.AddConstraint(
            model_name='poolpolicy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('place', 1), ('reason', 'united_states'), ('puts_outside', ['USA'])), models.Q(('place', 2), ('reason', 'partnership'), ('puts_outside__contained_by', ['in_force'])), models.Q(('place', 3), ('reason', 'special_case'), ('puts_outside__contained_by', ['Special Case'])), models.Q(('place', 4), ('reason', 'tier3'), ('puts_outside__contained_by', ['Tier 3', 'Tier 2 Watch List'])), models.Q(('place', 5), ('reason', 'no_income_class'), ('puts_outside__contained_by', ['none'])), models.Q(('place', 6), ('reason', 'high_income'), ('puts_outside__contained_by', ['H', 'UM'])), _connector='OR'), name='pool_policy_values', violation_error_code='puts_outside', violation_error_message='A rule names only the values of its reason.'),
        ),
        migrations.AddConstraint(
            model_name='poolpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('citation__regex', '\\S')), name='pool_policy_cited', violation_error_code='citation', violation_error_message='Name the document that sets the rule.'),
        ),
        migrations.AddConstraint(
            model_name='poolpolicy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', 'tier3'), _negated=True), ('puts_outside__contains', ['Tier 3']), ('legal_note__regex', '\\S'), _connector='OR'), name='pool_policy_tier3_noted', violation_error_code='legal_note', violation_error_message='Letting Tier 3 countries in needs a legal note (22 U.S.C. 7107).'),
        ),
        migrations.AddConstraint(
            model_name='poolpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('replaced_on__isnull', True), models.Q(('decision', 'approved'), ('replaced_on__gt', models.F('in_force_from'))), _connector='OR'), name='pool_policy_replaced_later', violation_error_code='replaced_on', violation_error_message='A rule is replaced after its first day.'),
        ),
        migrations.AddConstraint(
            model_name='poolpolicy',
            constraint=models.UniqueConstraint(condition=models.Q(('proposed_by__isnull', True)), fields=('reason',), name='pool_policy_shipped_once', violation_error_code='proposed_by', violation_error_message='Only the first rule for a reason comes with the project.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='poolpolicy',
            trigger=pgtrigger.compiler.Trigger(name='a_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE kept selection_poolpolicy%ROWTYPE;', func="\n            IF TG_OP = 'INSERT' THEN\n                IF NEW.replaced_on IS NOT NULL THEN\n                    PERFORM cpc_refuse('replaced_on', 'A rule is replaced by the approval of the next one.');\n                END IF;\n                IF NEW.proposed_by_id IS NULL THEN\n                    IF EXISTS (SELECT 1 FROM selection_poolpolicy WHERE reason = NEW.reason)\n                       OR NEW.decision <> 'approved' OR NEW.decided_by_id IS NOT NULL THEN\n                        PERFORM cpc_refuse('proposed_by', 'Only the first rule for a reason comes with the project.');\n                    END IF;\n                    RETURN NEW;\n                END IF;\n                IF NEW.decision <> '' THEN\n                    PERFORM cpc_refuse('two_people', 'A proposal waits for the decision of another person.');\n                ELSIF NEW.in_force_from < cpc_today() THEN\n                    PERFORM cpc_refuse('backdated', 'A rule is in force from today or a later day.');\n                END IF;\n                RETURN NEW;\n            END IF;\n            IF OLD.decision = '' THEN\n                \n                kept := NEW; kept.decision := OLD.decision; kept.decided_by_id := OLD.decided_by_id; kept.decided_at := OLD.decided_at; kept.decision_note := OLD.decision_note;\n                IF kept IS DISTINCT FROM OLD THEN\n                    PERFORM cpc_refuse('proposal_kept', 'A proposal does not change; only the decision on it is recorded.');\n                END IF;\n                \n                IF NEW.decision NOT IN ('approved', 'refused') THEN\n                    PERFORM cpc_refuse('decision', 'A proposal is approved or refused.');\n                ELSIF NEW.decided_by_id IS NULL OR NEW.decided_by_id = NEW.proposed_by_id THEN\n                    PERFORM cpc_refuse('two_people', 'Another person decides on the proposal.');\n                ELSIF NOT cpc_may_approve(NEW.decided_by_id, ARRAY['approver']) THEN\n                    PERFORM cpc_refuse('may_not_approve', 'This account may not decide on the pool.');\n                END IF;\n                NEW.decided_at := now();\n                IF NEW.decision = 'approved' THEN\n                    IF NEW.in_force_from < cpc_today() THEN\n                        PERFORM cpc_refuse('backdated', 'Its first day is past; propose it again with a later one.');\n                    END IF;\n                    UPDATE selection_poolpolicy SET replaced_on = NEW.in_force_from\n                        WHERE reason = NEW.reason AND decision = 'approved' AND replaced_on IS NULL\n                        AND in_force_from < NEW.in_force_from;\n                    IF NOT FOUND THEN\n                        PERFORM cpc_refuse('policy_later',\n                            'A rule for this reason that was approved before is in force from that day or later.');\n                    END IF;\n                END IF;\n                RETURN NEW;\n            END IF;\n            -- Only the approval above writes this column: a statement of its own is one trigger deep.\n            IF OLD.replaced_on IS NOT NULL OR NEW.replaced_on IS NULL OR pg_trigger_depth() < 2 THEN\n                PERFORM cpc_refuse('policy_kept', 'A rule that was decided does not change; propose another one.');\n            END IF;\n            \n                kept := NEW; kept.replaced_on := OLD.replaced_on;\n                IF kept IS DISTINCT FROM OLD THEN\n                    PERFORM cpc_refuse('policy_kept', 'A rule that was decided does not change; propose another one.');\n                END IF;\n            RETURN NEW;\n        ", hash='e09ea32b6bf9cc309210722ac1934898d9e62c41', operation='INSERT OR UPDATE', pgid='pgtrigger_a_decided_once_af9e6', table='selection_poolpolicy', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='poolpolicy',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f08ebc11a25024237bae40497214728da6cadfb3', operation='DELETE', pgid='pgtrigger_never_deleted_2da34', table='selection_poolpolicy', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='poolpolicy',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the rows of % are kept', TG_TABLE_NAME;", hash='e21f1d41d08b0250fd5fa5e0460c3a4ffbcb92b5', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_a7732', table='selection_poolpolicy', when='BEFORE')),
        ),
    ]
