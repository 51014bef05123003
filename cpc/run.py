"""`make run`: migrate, load the demo, print the URL, and serve until Ctrl-C stops everything.

gunicorn runs in this process, so that there is only one process to stop; the private PostgreSQL stops with its last
user (`cpc.localdb`). Requires the checkout that `cpc/bootstrap.py` has set up.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connections
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from cpc.database.outages import explain
from cpc.localdb import LocalDatabaseError

HOST = "127.0.0.1"
NAME = "localhost"
"""Name of that address in links: a browser makes passkeys for a name, not for a number."""
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The signals by which gunicorn stops its workers.
WORKER_STOPS = (signal.SIGTERM, signal.SIGQUIT)


class CannotRun(RuntimeError):
    """The server can't be started; the message is one line with the remedy."""


class Serve(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn with two workers on one port of this machine, serving the application already loaded."""

    def __init__(self, application: Callable[..., Any], port: int) -> None:
        self.application = application
        self.port = port
        super().__init__()

    def load_config(self) -> None:
        settings = {
            "bind": f"{HOST}:{self.port}",
            "workers": 2,
            "threads": 4,
            "timeout": 120,
            "graceful_timeout": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
            "on_starting": stop_with_the_terminal,
            "post_worker_init": receive_stops,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        return self.application

    def run(self) -> None:
        ServeArbiter(self).run()


class ServeArbiter(Arbiter):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn's parent process, which starts workers that miss no request to stop."""

    def spawn_worker(self) -> int:
        # A new worker has its parent's signal handlers until it sets its own, and a signal that arrives before is lost.
        # It waits while it is blocked; the worker receives it once it is ready (`receive_stops`).
        signal.pthread_sigmask(signal.SIG_BLOCK, WORKER_STOPS)
        try:
            return int(super().spawn_worker())
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, WORKER_STOPS)


def receive_stops(worker: Any) -> None:
    """Let a worker that is ready receive the signals that stop it."""
    # gunicorn's handler of an interrupt takes the lock of the thread pool. The main thread holds it while it passes on
    # a request, and then waits for itself forever. The handler of SIGTERM takes no lock.
    for name in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(name, worker.handle_exit)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WORKER_STOPS)


def stop_with_the_terminal(arbiter: Any) -> None:
    """Make a closed terminal stop the demo; by default gunicorn reloads its settings and continues."""
    arbiter.handle_hup = arbiter.handle_term


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpc.settings")
    for name in STOPS:
        signal.signal(name, stop)
    try:
        port = free_port()
        os.environ.setdefault("SITE_URL", f"http://{NAME}:{port}")
        if os.environ.get("CPC_ENV") != "production":
            # The demonstration's passwords are public; every page has a strip that names what is missing.
            os.environ.setdefault("REQUIRE_SECOND_FACTOR", "0")
        application = prepare()
    except OperationalError as error:
        return report_startup_error(explain(error))
    except (CannotRun, CommandError, ImproperlyConfigured, LocalDatabaseError) as error:
        return report_startup_error(str(error))
    print(f"\nServing http://{NAME}:{port}/ (press Ctrl-C to stop)", flush=True)
    Serve(application, port).run()
    return 0


def stop(number: int, _frame: object) -> None:
    """Exit with the status of a signal, and ignore further signals during the shutdown."""
    for name in STOPS:
        # A function instead of SIG_IGN, since Python prints a signal that arrived before it was set to be ignored.
        signal.signal(name, lambda _number, _frame: None)
    sys.exit(128 + number)


def report_startup_error(reason: str) -> int:
    print(" ".join(reason.split()), file=sys.stderr)
    return 1


def free_port() -> int:
    """Return the port that `PORT` names (default 8000).

    Raises `CannotRun` if it is invalid or in use.
    """
    given = os.environ.get("PORT") or "8000"
    if not given.isdecimal() or not 0 < int(given) < 65536:
        raise CannotRun(
            f"PORT={given} is not a port number. Use a number from 1024 to 65535, such as `make run PORT=8001`."
        )
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(given)))
        except OSError as error:
            raise CannotRun(
                f"Can't use port {given} ({error.strerror}). Stop the program that uses it, or choose another port, "
                f"such as `make run PORT={int(given) % 65535 + 1}`."
            ) from error
    return int(given)


def prepare() -> Callable[..., Any]:
    """Bring the database up to date and return the WSGI application."""
    django.setup()
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    print("Database: applying migrations", flush=True)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_demo")
    application = get_wsgi_application()
    connections.close_all()
    return application


if __name__ == "__main__":
    sys.exit(main())
