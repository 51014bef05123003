"""Reviews of restrictions move to the selection, where they gate a decision first. Every row goes along."""

from django.db import migrations

MOVE = """
    INSERT INTO selection_restrictionfinding
        (id, country_id, code, status, basis, reviewer, reviewed_on, expires_on, recorded_by_id, at)
    SELECT id, country_id, code, status, basis, reviewer, reviewed_on, expires_on, recorded_by_id, at
    FROM partnerships_restrictionfinding ORDER BY id;
    SELECT setval(
        pg_get_serial_sequence('selection_restrictionfinding', 'id'),
        GREATEST((SELECT max(id) FROM selection_restrictionfinding), 1),
        EXISTS (SELECT FROM selection_restrictionfinding)
    );
"""
BACK = """
    INSERT INTO partnerships_restrictionfinding
        (id, country_id, code, status, basis, reviewer, reviewed_on, expires_on, recorded_by_id, at)
    SELECT id, country_id, code, status, basis, reviewer, reviewed_on, expires_on, recorded_by_id, at
    FROM selection_restrictionfinding ORDER BY id;
    SELECT setval(
        pg_get_serial_sequence('partnerships_restrictionfinding', 'id'),
        GREATEST((SELECT max(id) FROM partnerships_restrictionfinding), 1),
        EXISTS (SELECT FROM partnerships_restrictionfinding)
    );
"""


class Migration(migrations.Migration):
    dependencies = (
        ("partnerships", "0006_versions"),
        ("selection", "0007_restrictions"),
    )

    operations = (
        migrations.RunSQL(MOVE, BACK),
        migrations.DeleteModel(name="RestrictionFinding"),
    )
