"""Session engine: sessions in the database, refused once they are over.

The row of a session is read anyway for each request, so its limits cost no further query. A session that is over is as
good as none; `over` names the reason for the sign-in page.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db.models import F
from django.utils import timezone

from cpc.sessions.limits import End, limits_for, why_over
from cpc.sessions.models import LONGEST_DEVICE, Session

SEEN_EVERY = dt.timedelta(seconds=10)
"""Time in which further activity is not stored: otherwise each page would be a write."""


class Over(NamedTuple):
    """A session that is over: why, and whose it was."""

    why: End
    account_id: int


class SessionStore(DatabaseStore):
    """A session with its account, device, and limits."""

    over: Over | None = None
    role = ""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._noted: dict[str, Any] = {}
        self.started_at = self.last_seen_at = timezone.now()

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        return Session

    def note_sign_in(self, *, address: str, device: str) -> None:
        """Note where and from when on somebody is signed in; it is stored with the session."""
        self.started_at = self.last_seen_at = timezone.now()
        self._noted = {
            "address": address[:45],
            "device": device[:LONGEST_DEVICE],
            "started_at": self.started_at,
            "last_seen_at": self.last_seen_at,
        }
        self.modified = True

    def note_activity(self, now: dt.datetime) -> None:
        """Store that the person is active now, at most every few seconds."""
        if now - self.last_seen_at >= SEEN_EVERY:
            Session.objects.filter(session_key=self.session_key, ended_because="").update(last_seen_at=now)
            self.last_seen_at = now

    @property
    def ends_at(self) -> tuple[dt.datetime, End]:
        """Return when the session ends unless its person does something, and why."""
        return limits_for(self.role).end_of(self.started_at, self.last_seen_at)

    def cycle_key(self) -> None:
        """Give the session another key; it stays where and from when on it is."""
        if self.session_key:
            rows = Session.objects.filter(session_key=self.session_key)
            self._noted = (rows.values("address", "device", "started_at").first() or {}) | self._noted
        super().cycle_key()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row of a new session."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]  # of the class above
        for name, value in self._values(data).items():
            setattr(row, name, value)
        return row

    def save(self, must_create: bool = False) -> None:
        """Store the session. Raises `UpdateError` if it was ended or removed meanwhile: it never comes back."""
        if must_create or self.session_key is None:
            super().save(must_create=must_create)
            return
        data = self._get_session()  # type: ignore[attr-defined]  # of Django's base, which its stubs leave out
        values = {"session_data": self.encode(data), "expire_date": self.get_expiry_date(), **self._values(data)}
        if not Session.objects.filter(session_key=self.session_key, ended_because="").update(**values):
            raise UpdateError

    def _values(self, data: dict[str, Any]) -> dict[str, Any]:
        account = data.get(SESSION_KEY)
        return {"account_id": int(account) if account else None, **self._noted}

    def _get_session_from_db(self) -> Session | None:
        """Return the row of the session; None if there is none, or if it is over."""
        now = timezone.now()
        rows = Session.objects.annotate(role=F("account__role"))
        row = rows.filter(session_key=self.session_key).first()
        if row is None or row.account_id is None:
            if row is None or row.expire_date <= now:
                self._session_key = None
                return None
            return row
        self.role = row.role
        self.started_at, self.last_seen_at = row.started_at, row.last_seen_at
        why = why_over(
            limits_for(self.role),
            started_at=row.started_at,
            last_seen_at=row.last_seen_at,
            now=now,
            ended_because=row.ended_because,
        )
        if why is not None:
            self.over = Over(why, row.account_id)
            self._session_key = None
            return None
        return row
