"""The text search configuration: English word endings, and letters without accents."""

from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations

# Of the types of the parser, these have the stemmer of English in PostgreSQL's own configuration.
CONFIGURATION = """
CREATE TEXT SEARCH CONFIGURATION public.cpc_english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION public.cpc_english
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.english_stem;
"""

# The parser takes "cocoa/coffee" for a path and <cocoa> for a tag, and finds neither. A vector holds at most a megabyte.
VECTOR = """
CREATE FUNCTION cpc_search_vector(title text, body text) RETURNS tsvector LANGUAGE sql STABLE AS $$
    SELECT setweight(to_tsvector('public.cpc_english', translate(left(title, 20000), '/<>&', '    ')), 'A')
        || to_tsvector('public.cpc_english', translate(left(body, 100000), '/<>&', '    '))
$$;
"""


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        UnaccentExtension(),
        migrations.RunSQL(CONFIGURATION, "DROP TEXT SEARCH CONFIGURATION public.cpc_english"),
        migrations.RunSQL(VECTOR, "DROP FUNCTION cpc_search_vector(text, text)"),
    ]
