"""Remedies for a refused connection to the database or Redis, found by the text of the error.

The libraries name neither the setting nor the remedy. An outage that passes by itself has no remedy here.
"""

from __future__ import annotations

import re

_AUTHORITY = "to the file of the authority that signed the certificate of"
_REDIS = r"connecting to \S+:\d+\. .*"

_OF_LIBPQ = (
    (r'root certificate file "', f"Set DATABASE_SSLROOTCERT {_AUTHORITY} the database."),
    (
        r"SSL error: certificate verify failed",
        "The authority in DATABASE_SSLROOTCERT did not sign the certificate of the database: name the file of the one "
        "that did.",
    ),
    (
        r"server certificate for .+ does not match host name",
        "Write a host name of the certificate of the database into DATABASE_URL and DATABASE_OWNER_URL.",
    ),
    (
        r"server does not support SSL",
        "DATABASE_SSLMODE asks for encryption: turn it on in the database server (ssl = on).",
    ),
    (
        r"no pg_hba\.conf entry .+ no encryption",
        f"The database server takes encrypted connections only: set DATABASE_SSLMODE=verify-full, and "
        f"DATABASE_SSLROOTCERT {_AUTHORITY} the database.",
    ),
    (r"no pg_hba\.conf entry", "Admit this role from this machine in pg_hba.conf of the database server."),
    (
        r"could not (?:read|load) (?:certificate|private key) file|private key file \".+\" has group",
        "Set DATABASE_SSLCERT and DATABASE_SSLKEY to files that only the account of this process can read.",
    ),
    (
        r"password authentication failed for user|no password supplied",
        "Compare the password of this role, which ALTER ROLE sets, with the one in DATABASE_URL or DATABASE_PASSWORD; "
        "for the owner, in DATABASE_OWNER_URL or DATABASE_OWNER_PASSWORD.",
    ),
    (r"could not translate host name", "Correct the host name in DATABASE_URL and DATABASE_OWNER_URL."),
)
_OF_REDIS = (
    (
        rf"{_REDIS}(?:Hostname|IP address) mismatch",
        "Write a host name of the certificate of Redis into REDIS_URL.",
    ),
    (
        rf"{_REDIS}(?:CERTIFICATE_VERIFY_FAILED|NO_CERTIFICATE_OR_CRL|No such file)",
        f"Set REDIS_CA_FILE {_AUTHORITY} Redis.",
    ),
    (
        rf"{_REDIS}(?:WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE)",
        "Redis does not use TLS at this port: name its port for TLS in REDIS_URL.",
    ),
    (
        r"Timeout connecting to server",
        "If Redis runs, REDIS_URL may name the wrong port: rediss:// needs the one for TLS.",
    ),
    (
        r"invalid username-password pair|HELLO must be called with the client already authenticated",
        "Compare the password of Redis (requirepass) with the one in REDIS_URL or REDIS_PASSWORD.",
    ),
)


def remedy(text: str) -> str:
    """Return the remedy for an error with this text; empty if none is known."""
    return next((found for pattern, found in (*_OF_LIBPQ, *_OF_REDIS) if re.search(pattern, text)), "")
