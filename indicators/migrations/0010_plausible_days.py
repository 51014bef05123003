"""Days of programs take the type that holds the bounds of days. The last app to migrate binds the type."""

from django.db import migrations

import cpc.days


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0009_import_fields'),
    ]

    operations = [
        # Bound in `partnerships.0011_plausible_days`, once every app's columns have the type.
        migrations.RunSQL("CREATE DOMAIN cpc_day AS date", "DROP DOMAIN cpc_day"),
        migrations.AlterField(
            model_name='usgprogram',
            name='ends_on',
            field=cpc.days.DayField(blank=True, null=True, verbose_name='last day'),
        ),
        migrations.AlterField(
            model_name='usgprogram',
            name='starts_on',
            field=cpc.days.DayField(blank=True, null=True, verbose_name='first day'),
        ),
    ]
