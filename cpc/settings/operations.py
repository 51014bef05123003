"""Settings of the storage of files, of the limits of a session of the database, and of encryption on the way."""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

from cpc.settings.environment import env

PROCESS = env("CPC_PROCESS", "behind")
"""`web` for a process that answers requests (`cpc.wsgi`), else `behind`: workers, the scheduler, and commands."""

FILES_S3_BUCKET = env("FILES_S3_BUCKET")
FILES_S3_ENDPOINT = env("FILES_S3_ENDPOINT")
REDIS_PASSWORD = env("REDIS_PASSWORD")
METRICS_TOKEN = env("METRICS_TOKEN")


def seconds(name: str, default: int) -> int:
    """Return a number of seconds. Raises `ImproperlyConfigured` for anything else."""
    text = env(name, str(default))
    if not text.isdecimal():
        raise ImproperlyConfigured(f"{name}={text} is not a number of seconds. Write it like {default}; 0 is no limit.")
    return int(text)


WEB_LIMITS = {
    "statement_timeout": seconds("WEB_STATEMENT_TIMEOUT", 60),
    "lock_timeout": seconds("WEB_LOCK_TIMEOUT", 20),
    "idle_in_transaction_session_timeout": seconds("WEB_IDLE_TRANSACTION_TIMEOUT", 90),
}
TASK_LIMITS = {
    "statement_timeout": seconds("TASK_STATEMENT_TIMEOUT", 1800),
    "lock_timeout": seconds("TASK_LOCK_TIMEOUT", 300),
    "idle_in_transaction_session_timeout": seconds("TASK_IDLE_TRANSACTION_TIMEOUT", 1800),
}


def session_limits(*, has_broker: bool) -> dict[str, int]:
    """Return the seconds after which the database ends a statement, the wait for a lock, and an idle transaction.

    Without a broker a web process also does the work of a worker, and has its limits.
    """
    return WEB_LIMITS if PROCESS == "web" and has_broker else TASK_LIMITS


def guarded(address: dict[str, Any], limits: dict[str, int], password: str = "") -> dict[str, Any]:
    """Return a connection with the limits of a session, its password, and the encryption that the settings ask for."""
    options = dict(address.get("OPTIONS", {}))
    limited = [f"-c {name}={value}s" for name, value in limits.items()]
    options["options"] = " ".join([options.get("options", ""), *limited]).strip()
    options |= {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 5, "keepalives_count": 3}
    for name in ("sslmode", "sslrootcert", "sslcert", "sslkey"):
        # What an address states goes first: the owner and the application may have different certificates.
        if value := env(f"DATABASE_{name.upper()}"):
            options.setdefault(name, value)
    return address | {"OPTIONS": options, "PASSWORD": address["PASSWORD"] or password}


def redis_url(url: str) -> str:
    """Return the address of Redis with the password, if it has none."""
    parts = urlsplit(url)
    if not url or not REDIS_PASSWORD or parts.password:
        return url
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:{quote(REDIS_PASSWORD, safe='')}@{host}"))


def redis_tls(url: str) -> dict[str, Any]:
    """Return the options with which redis-py checks the server of a `rediss://` address; none for another."""
    if not url.startswith("rediss://"):
        return {}
    authority = {"ssl_ca_certs": env("REDIS_CA_FILE")} if env("REDIS_CA_FILE") else {}
    return {"ssl_cert_reqs": "required", "ssl_check_hostname": True, **authority}


def broker_tls(url: str) -> dict[str, Any] | None:
    """Return the same options in the form that Celery's broker takes."""
    return redis_tls(url) | {"ssl_cert_reqs": ssl.CERT_REQUIRED} if url.startswith("rediss://") else None


def file_storage() -> dict[str, Any]:
    """Return the storage of received files for `STORAGES`: the local disk, or a bucket."""
    if not FILES_S3_BUCKET:
        return {"BACKEND": "cpc.files.storage.DurableStorage"}
    from botocore.config import Config  # only if files are in a bucket

    encryption = env("FILES_S3_ENCRYPTION")
    options: dict[str, Any] = {
        "bucket_name": FILES_S3_BUCKET,
        "location": env("FILES_S3_PREFIX"),
        "endpoint_url": FILES_S3_ENDPOINT or None,
        "region_name": env("FILES_S3_REGION") or None,
        # Without keys, those of the machine's role are used.
        "access_key": env("FILES_S3_ACCESS_KEY") or None,
        "secret_key": env("FILES_S3_SECRET_KEY") or None,
        "verify": env("FILES_S3_CA_FILE") or None,
        "file_overwrite": False,
        "default_acl": None,
        "max_memory_size": 5 * 1024 * 1024,
        "object_parameters": {"ServerSideEncryption": encryption} if encryption else {},
        "client_config": Config(
            connect_timeout=3,
            read_timeout=20,
            retries={"total_max_attempts": 3, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": env("FILES_S3_ADDRESSING", "auto")},
        ),
    }
    return {"BACKEND": "cpc.files.object_storage.ObjectStorage", "OPTIONS": options}
