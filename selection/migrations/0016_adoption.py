"""Adoptions of scoring models: the office makes a published version its own, and may withdraw that with a reason."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import cpc.days


class Migration(migrations.Migration):

    dependencies = [
        ('selection', '0015_pool'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Adoption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('document', models.CharField(blank=True, max_length=300)),
                ('adopted_on', cpc.days.DayField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('withdrawn_on', cpc.days.DayField(blank=True, editable=False, null=True)),
                ('withdrawn_because', models.TextField(blank=True, editable=False)),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('adopted_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adoptions', to='selection.scoringmodel')),
                ('withdrawn_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-id',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_on__isnull', True)), fields=('model',), name='adoption_once', violation_error_code='adopted_already', violation_error_message='This version is adopted already.'), models.CheckConstraint(condition=models.Q(('reason__regex', '\\S')), name='adoption_reasoned', violation_error_code='reason', violation_error_message='Say why.'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_because', ''), ('withdrawn_by__isnull', True), ('withdrawn_on__isnull', True)), models.Q(('withdrawn_because__regex', '\\S'), ('withdrawn_by__isnull', False), ('withdrawn_on__gte', models.F('adopted_on'))), _connector='OR'), name='adoption_withdrawn_with_reason', violation_error_code='withdrawn_because', violation_error_message='An adoption is withdrawn by a person, with a reason.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='adoption',
            trigger=pgtrigger.compiler.Trigger(name='a_adopts', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE kept selection_adoption%ROWTYPE; m selection_scoringmodel%ROWTYPE;', func="\n            NEW.changed_at := clock_timestamp();\n            IF TG_OP = 'INSERT' THEN\n                SELECT * INTO m FROM selection_scoringmodel WHERE id = NEW.model_id FOR SHARE;\n                IF NEW.withdrawn_on IS NOT NULL THEN\n                    PERFORM cpc_refuse('withdrawn', 'An adoption is withdrawn after it was recorded.');\n                ELSIF m.state <> 'published' THEN\n                    PERFORM cpc_refuse('not_published', 'Only the published version of a model is adopted.');\n                ELSIF NOT cpc_may_approve(NEW.adopted_by_id, ARRAY['approver']) THEN\n                    PERFORM cpc_refuse('may_not_approve', 'This account may not adopt a model.');\n                ELSIF NEW.adopted_by_id = m.drafted_by_id THEN\n                    PERFORM cpc_refuse('two_people', 'Whoever drafts a version does not adopt it.');\n                ELSIF NEW.adopted_on > cpc_today() THEN\n                    PERFORM cpc_refuse('in_future', 'A day to come. Give the day of the decision.');\n                ELSIF NEW.adopted_on < (m.published_at AT TIME ZONE 'UTC')::date THEN\n                    PERFORM cpc_refuse('before_publication', 'The version was published after that day.');\n                END IF;\n                RETURN NEW;\n            END IF;\n            IF OLD.withdrawn_on IS NOT NULL OR NEW.withdrawn_by_id IS NULL THEN\n                PERFORM cpc_refuse('adoption_kept', 'An adoption does not change; it may be withdrawn once.');\n            END IF;\n            \n                kept := NEW; kept.withdrawn_on := OLD.withdrawn_on; kept.withdrawn_by_id := OLD.withdrawn_by_id; kept.withdrawn_because := OLD.withdrawn_because; kept.changed_at := OLD.changed_at;\n                IF kept IS DISTINCT FROM OLD THEN\n                    PERFORM cpc_refuse('adoption_kept', 'An adoption does not change; it may be withdrawn once.');\n                END IF;\n            IF NOT cpc_may_approve(NEW.withdrawn_by_id, ARRAY['approver']) THEN\n                PERFORM cpc_refuse('may_not_approve', 'This account may not withdraw an adoption.');\n            END IF;\n            NEW.withdrawn_on := cpc_today();\n            RETURN NEW;\n        ", hash='75b289c00b4aba4c0b861453edf6eae21ffbd047', operation='INSERT OR UPDATE', pgid='pgtrigger_a_adopts_bd609', table='selection_adoption', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='adoption',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='a58cdf3909ae76830fe5110d77bd2dfc2032392d', operation='DELETE', pgid='pgtrigger_never_deleted_62519', table='selection_adoption', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='adoption',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the rows of % are kept', TG_TABLE_NAME;", hash='d7313ce476c309a34d83d800028075d6aace2fc4', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_84f4a', table='selection_adoption', when='BEFORE')),
        ),
    ]
