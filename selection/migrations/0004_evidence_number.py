from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("selection", "0003_consultation"),
    ]

    operations = [
        migrations.AddField(
            model_name="selectionround",
            name="evidence_as_of",
            field=models.IntegerField(blank=True, editable=False, null=True),
        ),
    ]
