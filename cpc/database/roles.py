"""Database roles: the owner of the tables, the application, and the privileges of the application."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction
from psycopg2 import sql
from psycopg2.extensions import encrypt_password

from cpc.database.rights import grant_rights

CONNECTS_BY = ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS", "ENGINE")

NO_OWNER = (
    "DATABASE_OWNER_URL is not set. Only the owner of the tables can migrate, load reference data, or create approvers "
    "and administrators, and this process connects as the application. Nothing was changed. Set it for this command "
    "only; see README, Operations."
)

# TEMPORARY: imports compare a file with stored data in temporary tables of their own transaction.
GRANTS = """
REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role};
GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role};
GRANT USAGE ON SCHEMA public TO {role};
"""


@contextmanager
def as_owner(using: str = "default") -> Iterator[None]:
    """Connect as the owner of the tables until the block ends.

    With one address for both, inside a transaction, the session takes back the owner's rights instead, so that the
    transaction goes on. Raises `ImproperlyConfigured` if this process does not have the owner's URL.
    """
    owner = settings.DATABASE_OWNER
    if owner is None:
        raise ImproperlyConfigured(NO_OWNER)
    connection = connections[using]
    assumed = connection.settings_dict["OPTIONS"].get("assume_role")
    goes_on = assumed and connection.in_atomic_block
    with _owner_again(connection, assumed) if goes_on else _reconnected(connection, owner):
        yield


@contextmanager
def _reconnected(connection: Any, owner: Mapping[str, Any]) -> Iterator[None]:
    before = connection.settings_dict
    connection.close()
    # Another dictionary: this one is that of the settings, where the application's role and password are read.
    connection.settings_dict = before | {name: owner[name] for name in CONNECTS_BY}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before


@contextmanager
def _owner_again(connection: Any, assumed: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
    try:
        yield
    finally:
        if not connection.needs_rollback:  # the rollback restores the role, too
            with connection.cursor() as cursor:
                cursor.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(assumed)))


def grant(*, using: str, **_: Any) -> None:
    """Give the application's role its rights on every table there is now, and make the role if it is missing.

    Runs after each migration, connected as the owner, in one transaction. Where one role is both, there is nothing to
    give.
    """
    connection, name = connections[using], settings.APPLICATION_ROLE
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s", [name])
        if cursor.fetchone()[0]:
            return
        ensure_role(cursor, name, settings.DATABASES["default"])
        database = sql.Identifier(connection.settings_dict["NAME"])
        cursor.execute(sql.SQL(GRANTS).format(role=sql.Identifier(name), database=database))
        grant_rights(cursor, name)


def ensure_role(cursor: Any, name: str, login: Mapping[str, Any]) -> None:
    """Make the application's role unless the server has it, with the password of `login`, its address.

    Raises ImproperlyConfigured where the owner may make no role.
    """
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
    if cursor.fetchone():
        return
    cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    if not cursor.fetchone()[0]:
        raise ImproperlyConfigured(
            f"The database has no role {name} for the application, and its owner can't create one. Ask the server "
            f"administrator to run: CREATE ROLE \"{name}\" LOGIN PASSWORD '...'; with the password of DATABASE_URL or "
            "DATABASE_PASSWORD. Then run the command again."
        )
    password = login["PASSWORD"] if login["USER"] == name else ""
    statement = sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name))
    if password:
        # Encrypted here, so that the password appears in no log of the server.
        encrypted = encrypt_password(password, name, cursor.connection, "scram-sha-256")
        statement += sql.SQL(" PASSWORD {}").format(sql.Literal(encrypted))
    cursor.execute(statement)
    if login["USER"] != name:  # tests and machines with one address: its role acts as the application
        cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(name)))
