"""Scenarios: questions to a run that people keep, private or shared by link, and withdraw."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('selection', '0016_adoption'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Scenario',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('question', models.JSONField(editable=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('shared_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('author', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='scenarios', to=settings.AUTH_USER_MODEL)),
                ('run', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='scenarios', to='selection.scorerun')),
            ],
            options={
                'ordering': ('-id',),
                'constraints': [models.CheckConstraint(condition=models.Q(('name__regex', '[\\u0001-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e007f]'), _negated=True), name='scenario_name_visible', violation_error_code='hidden_character', violation_error_message='The name holds a character that nobody can see. Type it again.'), models.CheckConstraint(condition=models.Q(('name__regex', '\\S')), name='scenario_named', violation_error_code='name', violation_error_message='Give the scenario a name.'), models.UniqueConstraint(models.F('author'), django.db.models.functions.text.Lower('name'), condition=models.Q(('withdrawn_at__isnull', True)), name='scenario_name_once', violation_error_code='same_name', violation_error_message='You keep a scenario of this name. Give it another name, or withdraw that one.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='a_kept', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE kept selection_scenario%ROWTYPE;', func="\n            IF TG_OP = 'INSERT' THEN\n                PERFORM pg_advisory_xact_lock(hashtextextended('scenarios of ' || NEW.author_id, 0));\n                IF NEW.withdrawn_at IS NOT NULL THEN\n                    PERFORM cpc_refuse('withdrawn', 'A scenario is withdrawn after it was kept.');\n                ELSIF NOT cpc_may_approve(NEW.author_id, ARRAY['administrator', 'analyst', 'api_client', 'approver', 'viewer']) THEN\n                    PERFORM cpc_refuse('may_not_keep', 'This account may not keep scenarios.');\n                ELSIF octet_length(NEW.question::text) > 4000 THEN\n                    PERFORM cpc_refuse('question_size', 'The question is too long to be kept.');\n                ELSIF (SELECT count(*) FROM selection_scenario\n                       WHERE author_id = NEW.author_id AND withdrawn_at IS NULL) >= 100 THEN\n                    PERFORM cpc_refuse(\n                        'too_many', 'You keep 100 scenarios. Withdraw one that you no longer need.');\n                END IF;\n                IF NEW.shared_at IS NOT NULL THEN NEW.shared_at := clock_timestamp(); END IF;\n                RETURN NEW;\n            END IF;\n            \n                kept := NEW; kept.shared_at := OLD.shared_at; kept.withdrawn_at := OLD.withdrawn_at;\n                IF kept IS DISTINCT FROM OLD THEN\n                    PERFORM cpc_refuse('scenario_kept', 'A scenario does not change; it may be shared once and withdrawn once.');\n                END IF;\n            IF OLD.withdrawn_at IS NOT NULL\n               OR (NEW.shared_at IS NULL AND OLD.shared_at IS NOT NULL)\n               OR (NEW.shared_at IS NOT NULL AND OLD.shared_at IS NOT NULL AND NEW.shared_at <> OLD.shared_at) THEN\n                PERFORM cpc_refuse('scenario_kept', 'A scenario does not change; it may be shared once and withdrawn once.');\n            END IF;\n            IF NEW.shared_at IS NOT NULL AND OLD.shared_at IS NULL THEN NEW.shared_at := clock_timestamp(); END IF;\n            IF NEW.withdrawn_at IS NOT NULL THEN NEW.withdrawn_at := clock_timestamp(); END IF;\n            RETURN NEW;\n        ", hash='792971ecddd8207b6cb068c31aa691ab96c07c40', operation='INSERT OR UPDATE', pgid='pgtrigger_a_kept_ca20e', table='selection_scenario', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='5264cb78a481fdf89592ecb9947d20876f776e86', operation='DELETE', pgid='pgtrigger_never_deleted_f6fa8', table='selection_scenario', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='scenario',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the rows of % are kept', TG_TABLE_NAME;", hash='2da231bedb6e1871e9360bed2a91735032171f28', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_ee9b4', table='selection_scenario', when='BEFORE')),
        ),
    ]
