"""Editions on record get their day of publication by the rule of their source, and the reader of GNI its new name."""

from datetime import timezone

from django.db import migrations


def date_editions(apps, schema_editor):
    from indicators.sources import registry

    rules = {spec.key: spec.dating for spec in registry.sources()}
    Import = apps.get_model("indicators", "Import")
    for batch in Import.objects.filter(published_on=None, source__isnull=False).select_related("source"):
        rule = rules.get(batch.source.key)
        if rule is None:
            continue
        day, because = rule.edition_day(batch.edition, batch.edition_rank)
        if day is None:
            continue
        received = batch.created_at.astimezone(timezone.utc).date()
        if received < day:
            day, because = received, "Day of receipt, which is earlier than the day by the rule of the source"
        Import.objects.filter(pk=batch.pk).update(published_on=day, dated_by=because[:300])


def rename_reader(apps, schema_editor):
    # It reads every series now. Its layout names the series alone, as editions are compared within a series.
    Import = apps.get_model("indicators", "Import")
    Import.objects.filter(adapter="world_bank_gni").update(adapter="world_bank_wdi", layout="NY.GNP.PCAP.CD")


class Migration(migrations.Migration):

    dependencies = [
        ('indicators', '0012_day_of_publication'),
    ]

    operations = [
        migrations.RunPython(rename_reader, migrations.RunPython.noop),
        migrations.RunPython(date_editions, migrations.RunPython.noop),
    ]
