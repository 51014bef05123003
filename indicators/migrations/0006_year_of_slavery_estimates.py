"""Record the estimates of the Global Slavery Index 2023 under 2021, the year they refer to.

They had been recorded under the year of the edition. Nothing is edited: the old rows are superseded and stated again at
a publication of its own, so that what was known before, and every ranking computed from it, stays as it was.
"""

from django.db import migrations

EDITION, REFERENCE_YEAR = "2023", "2021"
REASON = "The estimates of the 2023 edition refer to 2021."

FIND = """SELECT DISTINCT o.batch_id FROM indicators_observation o
    JOIN indicators_indicator i ON i.id = o.indicator_id AND i.code LIKE 'gsi.%%'
    WHERE o.valid_to IS NULL AND o.series = 'GSI ' || %(edition)s AND o.period = %(edition)s
    ORDER BY o.batch_id"""

# The lock of `indicators.publications.numbering`: numbers are given without gaps.
PUBLISH = """INSERT INTO indicators_publication (seq, kind, batch_id, at, reason)
    SELECT COALESCE(max(seq), 0) + 1, 'publish', %(batch)s, clock_timestamp(), %(reason)s FROM indicators_publication
    RETURNING seq, at"""

SUPERSEDE = """UPDATE indicators_observation o SET valid_to = %(seq)s, superseded_at = %(at)s
    FROM indicators_indicator i
    WHERE i.id = o.indicator_id AND i.code LIKE 'gsi.%%' AND o.batch_id = %(batch)s AND o.valid_to IS NULL
        AND o.series = 'GSI ' || %(edition)s AND o.period = %(edition)s
    RETURNING o.id"""

# A row under 2021 may be live already where another file of the edition was read by the corrected reader.
STATE_ANEW = """INSERT INTO indicators_observation (
        indicator_id, country_id, period, year, series, value, label, missing, standard_error, low, high,
        file_id, batch_id, locator, raw_text, edition, edition_rank, quality, note, precedence, valid_from)
    SELECT o.indicator_id, o.country_id, %(year)s, %(year)s::int, o.series, o.value, o.label, o.missing,
        o.standard_error, o.low, o.high, o.file_id, o.batch_id, o.locator, o.raw_text, o.edition, o.edition_rank,
        o.quality, o.note, o.precedence, %(seq)s
    FROM indicators_observation o
    WHERE o.id = ANY(%(ids)s) AND NOT EXISTS (
        SELECT 1 FROM indicators_observation l
        WHERE l.indicator_id = o.indicator_id AND l.country_id = o.country_id AND l.period = %(year)s
            AND l.series = o.series AND l.valid_to IS NULL)
    ORDER BY o.id"""


def correct(apps, schema_editor):
    """Supersede and state again, one publication for each import that stated such values."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x43504350])
        known = {"edition": EDITION, "year": REFERENCE_YEAR, "reason": REASON}
        cursor.execute(FIND, known)
        for (batch,) in cursor.fetchall():
            cursor.execute(PUBLISH, {**known, "batch": batch})
            seq, at = cursor.fetchone()
            cursor.execute(SUPERSEDE, {**known, "batch": batch, "seq": seq, "at": at})
            ids = [row[0] for row in cursor.fetchall()]
            cursor.execute(STATE_ANEW, {**known, "ids": ids, "seq": seq})


class Migration(migrations.Migration):
    dependencies = [("indicators", "0005_references_once_a_statement")]

    operations = [migrations.RunPython(correct, migrations.RunPython.noop)]
