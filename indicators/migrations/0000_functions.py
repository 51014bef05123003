"""The type of the columns of days in every app, and the SQL function that compares names of countries.

They come before the tables, so that `0001_initial` can be generated again.
"""

from django.db import migrations

DAY = """
CREATE DOMAIN cpc_day AS date CONSTRAINT implausible_day CHECK (VALUE BETWEEN '1990-01-01' AND '2099-12-31');
"""

NAME_KEY = r"""
-- The rules of `indicators.countries.normalize` in SQL, without its HTML entities.
CREATE FUNCTION cpc_name_key(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(btrim(regexp_replace(regexp_replace(lower(normalize(regexp_replace(
        replace(name, '&', ' and '),
        '[''\u2018\u2019\u201B\u02BB\u02BC`\u00B4\u2032]', '', 'g'),   -- whatever is written for an apostrophe
        NFKD)),
        '[\u0300-\u036F]', '', 'g'),                                   -- accents, set apart by NFKD
        '[^0-9a-z\u00C0-\u1FFF\u2C00-\uD7FF]+', ' ', 'g')),            -- by ranges: classes depend on the locale
        '^the ', '')
$$;
"""


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        migrations.RunSQL(DAY, "DROP DOMAIN cpc_day"),
        migrations.RunSQL(NAME_KEY, "DROP FUNCTION cpc_name_key(text)"),
    ]
