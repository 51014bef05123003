"""Every edition has a day of publication and its source, and an indicator may have a publisher of its own."""

from django.conf import settings
from django.db import migrations, models

import cpc.days


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0011_visible_titles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='import',
            name='dated_by',
            field=models.CharField(blank=True, help_text='The file, the rule of the source, or a person.', max_length=300, verbose_name='source of that day'),
        ),
        migrations.AddField(
            model_name='import',
            name='published_on',
            field=cpc.days.DayField(blank=True, help_text='Day on which the publisher released the edition.', null=True, verbose_name='published on'),
        ),
        migrations.AddField(
            model_name='indicator',
            name='publisher',
            field=models.CharField(blank=True, help_text='Only where it is another than the publisher of the source.', max_length=120),
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('dated_by', ''), ('published_on__isnull', True)), models.Q(('published_on__isnull', False), models.Q(('dated_by', ''), _negated=True)), _connector='OR'), name='import_day_with_source', violation_error_code='day_without_source', violation_error_message='A day of publication needs its source, and a source needs the day.'),
        ),
    ]
