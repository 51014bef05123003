"""Days of rounds, requests and reviews take the type that holds the bounds of days."""

from django.db import migrations

import cpc.days


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0010_plausible_days'),
        ('selection', '0011_notes_by_agency'),
    ]

    operations = [
        migrations.AlterField(
            model_name='consultationrequest',
            name='due_on',
            field=cpc.days.DayField(blank=True, help_text='The last day on which an answer is in time.', null=True, verbose_name='due'),
        ),
        migrations.AlterField(
            model_name='duechange',
            name='after',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='duechange',
            name='before',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='extensionanswer',
            name='due_on',
            field=cpc.days.DayField(blank=True, null=True, verbose_name='new due date'),
        ),
        migrations.AlterField(
            model_name='position',
            name='proposed_due_on',
            field=cpc.days.DayField(blank=True, null=True, verbose_name='proposed day'),
        ),
        migrations.AlterField(
            model_name='positiondraft',
            name='proposed_due_on',
            field=cpc.days.DayField(blank=True, null=True, verbose_name='proposed day'),
        ),
        migrations.AlterField(
            model_name='restrictionfinding',
            name='expires_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='restrictionfinding',
            name='reviewed_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='scorerun',
            name='reference_date',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='selectionround',
            name='reference_date',
            field=cpc.days.DayField(),
        ),
    ]
