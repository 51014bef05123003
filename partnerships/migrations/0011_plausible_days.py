"""Every column of days takes the type that holds the bounds; from here on the type is bound, for all apps."""

from decimal import Decimal

from django.db import migrations, models

import cpc.days

# What an older database holds outside the bounds stays readable, and is refused once it is written again.
BIND = """
    ALTER DOMAIN cpc_day ADD CONSTRAINT implausible_day
    CHECK (VALUE BETWEEN '1990-01-01' AND '2099-12-31') NOT VALID
"""
UNBIND = "ALTER DOMAIN cpc_day DROP CONSTRAINT implausible_day"


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0010_plausible_days'),
        ('partnerships', '0010_origin_in_decisions'),
        ('selection', '0012_plausible_days'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='limitexception',
            name='limit_exception_expires',
        ),
        migrations.RemoveConstraint(
            model_name='limitpolicy',
            name='limit_policy_positive',
        ),
        migrations.RemoveConstraint(
            model_name='partnership',
            name='partnership_start_is_a_day',
        ),
        migrations.AlterField(
            model_name='actionitem',
            name='closed_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='actionitem',
            name='due_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='activity',
            name='actual_end',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='activity',
            name='actual_start',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='activity',
            name='planned_end',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='activity',
            name='planned_start',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='award',
            name='ends_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='award',
            name='starts_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='closeoutstep',
            name='done_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='closeoutstep',
            name='due_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='congressionalnotification',
            name='sent_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='correction',
            name='closed_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='determination',
            name='determined_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='dialogue',
            name='held_from',
            field=cpc.days.DayField(blank=True, null=True, verbose_name='first day'),
        ),
        migrations.AlterField(
            model_name='dialogue',
            name='held_until',
            field=cpc.days.DayField(blank=True, null=True, verbose_name='last day'),
        ),
        migrations.AlterField(
            model_name='dialogue',
            name='planned_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='documentversion',
            name='dated',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='evaluation',
            name='completed_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='evaluation',
            name='planned_on',
            field=cpc.days.DayField(verbose_name='planned to be done by'),
        ),
        migrations.AlterField(
            model_name='figurestatement',
            name='day',
            field=cpc.days.DayField(blank=True, null=True, verbose_name='day stated in it'),
        ),
        migrations.AlterField(
            model_name='figurestatement',
            name='stated_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='ledgerentry',
            name='on',
            field=cpc.days.DayField(verbose_name='day'),
        ),
        migrations.AlterField(
            model_name='limitexception',
            name='expires_on',
            field=cpc.days.DayField(blank=True, help_text='The last day on which it may be used.', null=True),
        ),
        migrations.AlterField(
            model_name='limitpolicy',
            name='effective_from',
            field=cpc.days.DayField(unique=True),
        ),
        migrations.AlterField(
            model_name='milestone',
            name='planned_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='milestone',
            name='reached_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='notice',
            name='due_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='notice',
            name='raised_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='notificationexemption',
            name='from_on',
            field=cpc.days.DayField(verbose_name='from'),
        ),
        migrations.AlterField(
            model_name='outcomeindicator',
            name='baseline_on',
            field=cpc.days.DayField(blank=True, null=True, verbose_name='day of the baseline'),
        ),
        migrations.AlterField(
            model_name='partnership',
            name='ended_on',
            field=cpc.days.DayField(blank=True, editable=False, help_text='The day it actually ended.', null=True),
        ),
        migrations.AlterField(
            model_name='partnership',
            name='ends_on',
            field=cpc.days.DayField(blank=True, help_text='The day it ends.', null=True),
        ),
        migrations.AlterField(
            model_name='partnership',
            name='legal_reviewed_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='partnership',
            name='published_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='partnership',
            name='reported_to_congress_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='partnership',
            name='signed_on',
            field=cpc.days.DayField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='partnership',
            name='starts_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='partnership',
            name='status_as_of',
            field=cpc.days.DayField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='reportdue',
            name='due_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='reportdue',
            name='period_end',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='reportdue',
            name='period_start',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='reportevent',
            name='on',
            field=cpc.days.DayField(verbose_name='day'),
        ),
        migrations.AlterField(
            model_name='reportingperiod',
            name='due_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='reportingperiod',
            name='ends_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='reportingperiod',
            name='starts_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='responsibility',
            name='due_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='risk',
            name='review_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='statuschange',
            name='effective_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='subaward',
            name='signed_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='sustainabilitymeasure',
            name='review_on',
            field=cpc.days.DayField(),
        ),
        migrations.AlterField(
            model_name='sustainabilitystrategy',
            name='due_on',
            field=cpc.days.DayField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='limitpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('funding__gt', 0), ('funding__lt', Decimal('1000000000000')), ('term_months__gt', 0)), name='limit_policy_positive', violation_error_code='limit_policy', violation_error_message='Both limits are above zero.'),
        ),
        migrations.RunSQL(BIND, UNBIND),
    ]
