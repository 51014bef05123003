"""Tables of legal holds, of the schedule of retention, and of disposals."""

from __future__ import annotations

from django.urls import reverse
from django.utils.safestring import SafeString

from cpc.accounts.models import User
from cpc.retention.models import Disposal, LegalHold
from cpc.retention.schedule import CLASSES, RetentionClass
from cpc.retention.scopes import HOLD_SCOPES
from cpc.web import formats
from cpc.web.markup import lines, link, small
from cpc.web.tables import Column, Table


def _covers(hold: LegalHold) -> SafeString | str:
    kind = HOLD_SCOPES.get(hold.scope)
    return link(kind.url(hold.record), hold.label) if kind and hold.record else hold.label


def _lifted(hold: LegalHold) -> SafeString:
    by = small(f"{hold.lifted_by}: {hold.lifted_because}")
    return lines(formats.moment(hold.lifted_at), by)


_HOLD: list[Column[LegalHold]] = [
    Column("Covers", _covers),
    Column("Reason", lambda hold: hold.reason, css="u-break"),
    Column("Issued", lambda hold: lines(formats.moment(hold.issued_at), small(str(hold.issued_by)))),
]
LIFTED: Table[LegalHold] = Table("Lifted legal holds, newest first", [*_HOLD, Column("Lifted", _lifted)])


def holds_in_force(user: User) -> Table[LegalHold]:
    """Return the table of holds in force as an administrator sees it: no one lifts their own."""

    def lift(hold: LegalHold) -> SafeString | str:
        if hold.issued_by_id == user.pk:
            return "Another administrator lifts it"
        return link(reverse("hold-lift", args=[hold.pk]), "Lift", f": {hold.label}")

    return Table("Legal holds in force, newest first", [*_HOLD, Column("Step", lift, hidden_label=True)])


def _stored_for(one: RetentionClass) -> SafeString | str:
    if one.is_held and one.dispose:
        return lines(one.stored_for, small("a legal hold stops its removal"))
    return one.stored_for


CLASS_TABLE: Table[RetentionClass] = Table(
    "Classes of records",
    [
        Column("Records", lambda one: one.title),
        Column("Stored for", _stored_for),
        Column("Removed by", lambda one: "the scheduler" if one.dispose and one.days() else "no one"),
        Column("Authority", lambda one: one.authority),
    ],
)
DISPOSALS: Table[Disposal] = Table(
    "Removed by the schedule, newest first",
    [
        Column("When", lambda row: formats.moment(row.at)),
        Column("Records", lambda row: getattr(CLASSES.get(row.name), "title", row.name)),
        Column("Rows", lambda row: row.rows, "number"),
        Column("From before", lambda row: formats.moment(row.before)),
    ],
)
