"""Schema of a database, sorted, from PostgreSQL's catalogs."""

from __future__ import annotations

from pathlib import Path

from django.db import connection

PUBLIC = "'public'::regnamespace"
NOT_OF_AN_EXTENSION = "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = {}.oid AND d.deptype = 'e')"

QUERIES = {
    "triggers.sql": f"""
        SELECT format('-- %s on %s, enabled %s', tgname, tgrelid::regclass, tgenabled), pg_get_triggerdef(t.oid) || ';'
        FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
        WHERE NOT tgisinternal AND c.relnamespace = {PUBLIC}
    """,
    "functions.sql": f"""
        SELECT '-- ' || p.oid::regprocedure || coalesce(', rights ' || proacl::text, ''), pg_get_functiondef(p.oid)
        FROM pg_proc p
        WHERE pronamespace = {PUBLIC} AND prokind IN ('f', 'p') AND {NOT_OF_AN_EXTENSION.format("p")}
    """,
    "constraints.sql": f"""
        SELECT coalesce(nullif(conrelid, 0)::regclass::text, contypid::regtype::text)
               || ' ' || conname || ': ' || pg_get_constraintdef(c.oid)
        FROM pg_constraint c WHERE connamespace = {PUBLIC} AND contype NOT IN ('n', 't')
    """,
    "indexes.sql": "SELECT tablename || ' ' || indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "columns.txt": f"""
        SELECT concat_ws(' ', attrelid::regclass || '.' || attname, format_type(atttypid, atttypmod),
               CASE WHEN attnotnull THEN 'NOT NULL' END, 'DEFAULT ' || pg_get_expr(adbin, adrelid),
               CASE attidentity WHEN 'd' THEN 'IDENTITY' WHEN 'a' THEN 'IDENTITY ALWAYS' END,
               CASE WHEN attgenerated <> '' THEN 'GENERATED' END,
               CASE WHEN attcollation <> typcollation THEN 'COLLATE ' || attcollation::regcollation END)
        FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_type t ON t.oid = atttypid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relnamespace = {PUBLIC} AND relkind IN ('r', 'p', 'v', 'm') AND attnum > 0 AND NOT attisdropped
    """,
    "types.txt": f"""
        SELECT concat_ws(' ', t.oid::regtype, typtype, format_type(typbasetype, typtypmod), typdefault)
        FROM pg_type t WHERE typnamespace = {PUBLIC} AND typtype IN ('d', 'e') AND {NOT_OF_AN_EXTENSION.format("t")}
        UNION ALL SELECT 'view ' || viewname || ': ' || definition FROM pg_views WHERE schemaname = 'public'
        UNION ALL SELECT 'extension ' || extname FROM pg_extension
    """,
    "rights.txt": """
        SELECT concat_ws(' ', table_name, grantee, string_agg(privilege_type, ',' ORDER BY privilege_type))
        FROM information_schema.role_table_grants WHERE table_schema = 'public' GROUP BY table_name, grantee
    """,
}


def write(folder: Path) -> None:
    """Write a file for each kind of schema object."""
    folder.mkdir(parents=True)
    with connection.cursor() as cursor:
        for name, query in QUERIES.items():
            cursor.execute(query)
            blocks = sorted("\n".join(row) for row in cursor.fetchall())
            text = ("\n\n" if name in ("triggers.sql", "functions.sql") else "\n").join(blocks)
            (folder / name).write_text(f"{text}\n", encoding="utf-8")
