"""An error of a connection names the setting that is wrong, on the console and in the log."""

from __future__ import annotations

import json
import logging
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cpc.logs.formatters import JsonFormatter, MaskingFormatter
from cpc.remedies import remedy

ROOT = Path(__file__).resolve().parent.parent.parent
REFUSED = 'FATAL:  no pg_hba.conf entry for host "192.0.2.2", user "cpc_app", database "cpc"'
DATABASE = 'connection to server at "db.example" (192.0.2.1), port 5432 failed: '
REDIS = "Error 1 connecting to redis.example:6379. [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{DATABASE}SSL error: certificate verify failed", "DATABASE_SSLROOTCERT did not sign the certificate"),
        (f'{DATABASE}root certificate file "/a.pem" does not exist', "Set DATABASE_SSLROOTCERT to the file"),
        (
            f'{DATABASE}server certificate for "db" (and 1 other name) does not match host name "db.example"',
            "Write a host name of the certificate of the database into DATABASE_URL and DATABASE_OWNER_URL.",
        ),
        (
            f"{DATABASE}{REFUSED}, no encryption",
            "set DATABASE_SSLMODE=verify-full",
        ),
        (
            f"{DATABASE}{REFUSED}, SSL encryption",
            "Admit this role from this machine in pg_hba.conf",
        ),
        (
            f'{DATABASE}private key file "/k.pem" has group or world access; file must have permissions u=rw (0600)',
            "Set DATABASE_SSLCERT and DATABASE_SSLKEY",
        ),
        (f'{DATABASE}FATAL:  password authentication failed for user "cpc_app"', "which ALTER ROLE sets"),
        (f"{DATABASE}Connection refused\n\tIs the server running on that host", ""),
        (f"{REDIS}self-signed certificate in certificate chain (_ssl.c:1006).", "Set REDIS_CA_FILE to the file"),
        ("Error 2 connecting to redis.example:6379. No such file or directory.", "Set REDIS_CA_FILE to the file"),
        (
            f"{REDIS}IP address mismatch, certificate is not valid for '192.0.2.3'. (_ssl.c:1006).",
            "Write a host name of the certificate of Redis into REDIS_URL.",
        ),
        ("Timeout connecting to server", "rediss:// needs the one for TLS"),
        ("invalid username-password pair or user is disabled.", "the one in REDIS_URL or REDIS_PASSWORD"),
        ("Error 111 connecting to redis.example:6379. Connection refused.", ""),
        ("530 Authentication required", ""),
    ],
)
def test_the_setting_is_named_for_what_an_operator_can_mend(text: str, expected: str) -> None:
    found = remedy(text)
    assert expected in found
    assert bool(found) == bool(expected)


def test_a_command_ends_with_one_line_if_the_database_has_no_encryption() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=refuse_encryption, args=(server,), daemon=True).start()
        url = f"postgres://cpc_app:secret@127.0.0.1:{server.getsockname()[1]}/cpc"
        environment = os.environ | {"CPC_ENV": "development", "DATABASE_URL": url, "DATABASE_SSLMODE": "require"}
        command = [sys.executable, "manage.py", "verify_audit"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("No connection to the database: ")
    assert line.endswith("DATABASE_SSLMODE asks for encryption: turn it on in the database server (ssl = on).")


def refuse_encryption(server: socket.socket) -> None:
    """Answer each request for encryption as a PostgreSQL server without it does."""
    while True:
        connection, _ = server.accept()
        with connection:
            connection.recv(8)
            connection.sendall(b"N")


def test_the_log_has_the_remedy_of_an_error_alone() -> None:
    def event(level: int) -> logging.LogRecord:
        text = "The scheduler waits for the broker: %s"
        return logging.LogRecord("cpc", level, "", 0, text, (f"{REDIS}self-signed certificate.",), None)

    found = json.loads(JsonFormatter().format(event(logging.WARNING)))
    assert found["remedy"].startswith("Set REDIS_CA_FILE")
    assert found["remedy"] in MaskingFormatter("%(message)s").format(event(logging.WARNING))
    assert "remedy" not in json.loads(JsonFormatter().format(event(logging.INFO)))
