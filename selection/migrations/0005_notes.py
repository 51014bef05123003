
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_people'),
        ('indicators', '0004_programs_plans_and_matches'),
        ('selection', '0004_evidence_number'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Adjudication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('accepted', 'Accepted'), ('modified', 'Accepted with change'), ('rejected', 'Rejected'), ('noted', 'Noted'), ('deferred', 'Deferred')], max_length=8, verbose_name='answer')),
                ('rationale', models.TextField(blank=True, max_length=8000, verbose_name='reason')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('superseded_at', models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                'ordering': ('note', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Concurrence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('concurs', models.BooleanField(verbose_name='agrees')),
                ('text', models.TextField(blank=True, max_length=8000, verbose_name='reason')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ('adjudication', 'id'),
            },
        ),
        migrations.CreateModel(
            name='MatrixUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('visibility', models.CharField(choices=[('agency', 'My agency only'), ('office', 'The office and the agency'), ('all', 'The office and all consultees')], max_length=6, verbose_name='who sees the notes')),
                ('name', models.CharField(max_length=120)),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('lines', models.JSONField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('applied_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('added', models.PositiveIntegerField(blank=True, editable=False, help_text='How many notes it made.', null=True)),
            ],
            options={
                'ordering': ('round', '-id'),
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('anchor', models.CharField(choices=[('round', 'The round as a whole'), ('candidate', 'The candidate as a whole'), ('criterion', 'A criterion'), ('observation', 'A value'), ('sentence', 'A sentence of the narrative')], default='candidate', max_length=11)),
                ('criterion', models.CharField(blank=True, max_length=60)),
                ('sentence', models.TextField(blank=True)),
                ('locator', models.CharField(blank=True, max_length=300)),
                ('reviewer', models.CharField(blank=True, max_length=120)),
                ('kind', models.CharField(choices=[('critical', 'Critical'), ('major', 'Major'), ('substantive', 'Substantive'), ('administrative', 'Administrative')], max_length=14, verbose_name='type')),
                ('text', models.TextField(max_length=8000, verbose_name='note')),
                ('proposed_text', models.TextField(blank=True, max_length=8000)),
                ('rationale', models.TextField(blank=True, max_length=8000)),
                ('section', models.CharField(blank=True, max_length=120, verbose_name='section or paragraph')),
                ('document_version', models.CharField(blank=True, max_length=60)),
                ('visibility', models.CharField(choices=[('agency', 'My agency only'), ('office', 'The office and the agency'), ('all', 'The office and all consultees')], max_length=6, verbose_name='who sees it')),
                ('status', models.CharField(choices=[('open', 'Open'), ('adjudicated', 'Adjudicated'), ('escalated', 'Escalated'), ('closed', 'Closed')], default='open', editable=False, max_length=11)),
                ('superseded_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('withdrawn_because', models.TextField(blank=True, editable=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ('round', 'number'),
            },
        ),
        migrations.CreateModel(
            name='NoteAttachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('file', models.FileField(upload_to='notes/')),
                ('size', models.PositiveIntegerField(help_text='Bytes.')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ('note', 'id'),
            },
        ),
        migrations.CreateModel(
            name='NoteMention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'ordering': ('note', 'id'),
            },
        ),
        migrations.CreateModel(
            name='NoteReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(max_length=8000, verbose_name='reply')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'verbose_name_plural': 'note replies',
                'ordering': ('note', 'id'),
            },
        ),
        migrations.AlterConstraint(
            model_name='selectionround',
            name='round_fiscal_year',
            constraint=models.CheckConstraint(condition=models.Q(('fiscal_year__gte', 2013), ('fiscal_year__lte', 2100)), name='round_fiscal_year', violation_error_code='fiscal_year', violation_error_message='Compacts began in 2013; give a fiscal year from 2013 to 2100.'),
        ),
        migrations.AddField(
            model_name='adjudication',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='concurrence',
            name='adjudication',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='concurrences', to='selection.adjudication'),
        ),
        migrations.AddField(
            model_name='concurrence',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='matrixupload',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matrix_uploads', to='accounts.agency'),
        ),
        migrations.AddField(
            model_name='matrixupload',
            name='applied_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='matrixupload',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matrix_uploads', to='selection.selectionround'),
        ),
        migrations.AddField(
            model_name='matrixupload',
            name='uploaded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='note',
            name='agency',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='accounts.agency'),
        ),
        migrations.AddField(
            model_name='note',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='note',
            name='candidate',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='selection.candidate'),
        ),
        migrations.AddField(
            model_name='note',
            name='narrative',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='indicators.narrative'),
        ),
        migrations.AddField(
            model_name='note',
            name='observation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='indicators.observation'),
        ),
        migrations.AddField(
            model_name='note',
            name='round',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='selection.selectionround'),
        ),
        migrations.AddField(
            model_name='note',
            name='supersedes',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='selection.note'),
        ),
        migrations.AddField(
            model_name='note',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='adjudication',
            name='note',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='adjudications', to='selection.note'),
        ),
        migrations.AddField(
            model_name='noteattachment',
            name='added_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='noteattachment',
            name='note',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='selection.note'),
        ),
        migrations.AddField(
            model_name='notemention',
            name='note',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mentions', to='selection.note'),
        ),
        migrations.AddField(
            model_name='notemention',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notereply',
            name='agency',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency'),
        ),
        migrations.AddField(
            model_name='notereply',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notereply',
            name='note',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='selection.note'),
        ),
        migrations.AddField(
            model_name='notemention',
            name='reply',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mentions', to='selection.notereply'),
        ),
        migrations.AddField(
            model_name='noteattachment',
            name='reply',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='selection.notereply'),
        ),
        migrations.AddConstraint(
            model_name='concurrence',
            constraint=models.CheckConstraint(condition=models.Q(('concurs', True), models.Q(('text', ''), _negated=True), _connector='OR'), name='concurrence_reasoned', violation_error_code='text', violation_error_message='Say why your agency does not agree; the memo tells of it.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='concurrence',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6ab76f10bd34040915c9a19775ef47227a45a290', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_519f8', table='selection_concurrence', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='concurrence',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the rows of % are kept', TG_TABLE_NAME;", hash='413c50522f6e9792e9b6e482f6eaa5e4206c081b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_19b7d', table='selection_concurrence', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='matrixupload',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('added__isnull', True), ('applied_at__isnull', True), ('applied_by__isnull', True)), models.Q(('added__isnull', False), ('applied_at__isnull', False), ('applied_by__isnull', False)), _connector='OR'), name='matrix_upload_applied_whole', violation_error_code='applied'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='matrixupload',
            trigger=pgtrigger.compiler.Trigger(name='as_received', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."round_id" IS DISTINCT FROM (NEW."round_id") OR OLD."agency_id" IS DISTINCT FROM (NEW."agency_id") OR OLD."visibility" IS DISTINCT FROM (NEW."visibility") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."lines" IS DISTINCT FROM (NEW."lines") OR OLD."uploaded_by_id" IS DISTINCT FROM (NEW."uploaded_by_id") OR OLD."at" IS DISTINCT FROM (NEW."at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='e2d2639d7c690581ebf3223ea2faa7d469a0841f', operation='UPDATE', pgid='pgtrigger_as_received_f59ca', table='selection_matrixupload', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='matrixupload',
            trigger=pgtrigger.compiler.Trigger(name='applied_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."applied_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d4334cb32ab56125609339081582b20a51794018', operation='UPDATE', pgid='pgtrigger_applied_once_ed87b', table='selection_matrixupload', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='matrixupload',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='d150442ded5e4aa549ea440f32e6d57b95a475d1', operation='DELETE', pgid='pgtrigger_never_deleted_d9e61', table='selection_matrixupload', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='matrixupload',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the rows of % are kept', TG_TABLE_NAME;", hash='e2489822e23bd849eb88835bda9d7be23db6eb5d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_9d76c', table='selection_matrixupload', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(fields=['round', 'status', 'kind'], name='note_matrix'),
        ),
        migrations.AddIndex(
            model_name='note',
            index=models.Index(fields=['candidate', 'number'], name='note_thread'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.UniqueConstraint(fields=('round', 'number'), name='note_number_once', violation_error_code='note_number', violation_error_message='Another note has this number.'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('anchor', 'round'), ('candidate__isnull', True), ('criterion', ''), ('narrative', None), ('observation', None)), models.Q(('anchor', 'candidate'), ('candidate__isnull', False), ('criterion', ''), ('narrative', None), ('observation', None)), models.Q(('anchor', 'criterion'), ('candidate__isnull', False), ('narrative', None), ('observation', None), models.Q(('criterion', ''), _negated=True)), models.Q(('anchor', 'observation'), ('candidate__isnull', False), ('narrative', None), ('observation__isnull', False)), models.Q(('anchor', 'sentence'), ('candidate__isnull', False), ('narrative__isnull', False), ('observation', None), models.Q(('sentence', ''), _negated=True)), _connector='OR'), name='note_anchor', violation_error_code='anchor', violation_error_message='Say what the note is about: one criterion, one value or one sentence, or all.'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='note_said', violation_error_code='text', violation_error_message='Say it.'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'critical'), _negated=True), models.Q(('rationale', ''), _negated=True), _connector='OR'), name='note_critical_reasoned', violation_error_code='critical_rationale', violation_error_message='A critical note says which law or policy is broken, or what risk it carries.'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(('agency__isnull', False), models.Q(('visibility', 'agency'), _negated=True), _connector='OR'), name='note_of_office_is_shown_to_office', violation_error_code='visibility', violation_error_message='A note of the office is seen by the office.'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_because', ''), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False), models.Q(('withdrawn_because', ''), _negated=True)), _connector='OR'), name='note_withdrawn_whole', violation_error_code='reason', violation_error_message='Say why the note is withdrawn.'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['critical', 'major', 'substantive', 'administrative']), ('status__in', ['open', 'adjudicated', 'escalated', 'closed'])), name='note_words_known', violation_error_code='kind'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='as_written', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."round_id" IS DISTINCT FROM (NEW."round_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."candidate_id" IS DISTINCT FROM (NEW."candidate_id") OR OLD."anchor" IS DISTINCT FROM (NEW."anchor") OR OLD."criterion" IS DISTINCT FROM (NEW."criterion") OR OLD."observation_id" IS DISTINCT FROM (NEW."observation_id") OR OLD."narrative_id" IS DISTINCT FROM (NEW."narrative_id") OR OLD."sentence" IS DISTINCT FROM (NEW."sentence") OR OLD."locator" IS DISTINCT FROM (NEW."locator") OR OLD."agency_id" IS DISTINCT FROM (NEW."agency_id") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."reviewer" IS DISTINCT FROM (NEW."reviewer") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."text" IS DISTINCT FROM (NEW."text") OR OLD."proposed_text" IS DISTINCT FROM (NEW."proposed_text") OR OLD."rationale" IS DISTINCT FROM (NEW."rationale") OR OLD."section" IS DISTINCT FROM (NEW."section") OR OLD."document_version" IS DISTINCT FROM (NEW."document_version") OR OLD."supersedes_id" IS DISTINCT FROM (NEW."supersedes_id") OR OLD."at" IS DISTINCT FROM (NEW."at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='a1e4627e6e6e7f153f5609420210f8e41feef83c', operation='UPDATE', pgid='pgtrigger_as_written_8a73c', table='selection_note', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='only_widened', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."visibility", \':\', NEW."visibility") = ANY(\'{agency:office,agency:all,office:all}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."visibility" IS DISTINCT FROM NEW."visibility") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "visibility" from "%" to "%" on table %\', OLD."visibility", NEW."visibility", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='0c18df40aaae566c7bb4faa301950c98c313da7f', operation='UPDATE', pgid='pgtrigger_only_widened_9e3ef', table='selection_note', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='taken_back_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."withdrawn_at" IS NOT NULL OR OLD."superseded_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='fd2a49b29ae92a69617d68a5c7ed2373213c2dc8', operation='UPDATE', pgid='pgtrigger_taken_back_once_abee0', table='selection_note', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='ef8d3b6379b1493409c294da7d5bc45dc402036d', operation='DELETE', pgid='pgtrigger_never_deleted_2c56d', table='selection_note', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='note',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the rows of % are kept', TG_TABLE_NAME;", hash='32e4eb6d75721e42d7cf7103e176938db4d31ca1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_da65b', table='selection_note', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='adjudication',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at__isnull', True)), fields=('note',), name='adjudication_one_live', violation_error_code='adjudicated', violation_error_message='Somebody adjudicated this note at the same moment; look at it again.'),
        ),
        migrations.AddConstraint(
            model_name='adjudication',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', 'accepted'), models.Q(('rationale', ''), _negated=True), _connector='OR'), name='adjudication_reasoned', violation_error_code='rationale', violation_error_message='Give the reason; only an acceptance goes without one.'),
        ),
        migrations.AddConstraint(
            model_name='adjudication',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['accepted', 'modified', 'rejected', 'noted', 'deferred'])), name='adjudication_outcome_known', violation_error_code='outcome'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='adjudication',
            trigger=pgtrigger.compiler.Trigger(name='never_edited', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."note_id" IS DISTINCT FROM (NEW."note_id") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."rationale" IS DISTINCT FROM (NEW."rationale") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."at" IS DISTINCT FROM (NEW."at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='fc93ee3ef14f1f75dfd70d1eccb64f7a13306bcf', operation='UPDATE', pgid='pgtrigger_never_edited_38b36', table='selection_adjudication', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='adjudication',
            trigger=pgtrigger.compiler.Trigger(name='superseded_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."superseded_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='096bd6ff57899687ba552eefa787b2c934f0e303', operation='UPDATE', pgid='pgtrigger_superseded_once_10a25', table='selection_adjudication', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='adjudication',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='352dca79d78de4bb93ad251905a165127b053b15', operation='DELETE', pgid='pgtrigger_never_deleted_f7560', table='selection_adjudication', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='adjudication',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the rows of % are kept', TG_TABLE_NAME;", hash='4e746642465e6e523c0aebbfacc0dc862655cc04', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_0606b', table='selection_adjudication', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='notereply',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='note_reply_said', violation_error_code='text', violation_error_message='Say it.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notereply',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9458ec838d6c393034cae3e129d111a09a685474', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_44fc0', table='selection_notereply', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notereply',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the rows of % are kept', TG_TABLE_NAME;", hash='68d7c64d4143c9a0c2d654726584b0e0908810b7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_034c7', table='selection_notereply', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='notemention',
            constraint=models.UniqueConstraint(fields=('note', 'reply', 'user'), name='note_mention_once', nulls_distinct=False, violation_error_code='mention'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notemention',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='51cf0e3555b874349659485127b803b2be9d0c4d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2ec3c', table='selection_notemention', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notemention',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the rows of % are kept', TG_TABLE_NAME;", hash='d69cbaadd7fd769156b590aa70452efa0e815810', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_a5ce7', table='selection_notemention', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='noteattachment',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='note_attachment_sha256', violation_error_code='sha256'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='noteattachment',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='07299df60e4d6a733e5a5dcb8c2f489d04252722', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9df80', table='selection_noteattachment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='noteattachment',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'the rows of % are kept', TG_TABLE_NAME;", hash='c3e54fd16a382992680248cecdc98d039aef76a7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_bda8e', table='selection_noteattachment', when='BEFORE')),
        ),
    ]
