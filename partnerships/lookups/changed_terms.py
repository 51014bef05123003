"""Terms of the record that changed after a version of a text was sent, as text. The database finds them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils.text import Truncator

from cpc.web import formats
from partnerships.models import (
    AmendmentChange,
    Contribution,
    Government,
    OutcomeIndicator,
    Partnership,
    Program,
    ProgramAmount,
    Target,
    TextVersion,
)

State = Mapping[str, Any]
NAMED_BY = ("title", "name", "what", "body", "text", "institution", "description")
COLUMNS = {"starts_on": "First day of the term", "ends_on": "Last day of the term", "forms": "Forms of trafficking"}


def changed_terms(version: TextVersion) -> list[str]:
    """Return which terms say something else than when a version was sent, each as a phrase.

    A term that was changed and set back is none. `cpc_terms_changed` decides; it also stops the signature.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT term_table, was, is_now FROM cpc_terms_changed(%s)", [version.pk])
        rows = [(table, _read(was), _read(now)) for table, was, now in cursor.fetchall()]
    if not rows:
        return []
    names = _names(rows)
    return [phrase for table, was, now in rows for phrase in _phrases(table, was, now, names)]


def _read(stored: Any) -> State | None:
    # Django turns psycopg's decoding of jsonb off, so a plain cursor returns text.
    state: State | None = json.loads(stored) if isinstance(stored, str) else stored
    return state


def _names(rows: Iterable[tuple[str, State | None, State | None]]) -> dict[tuple[str, int], str]:
    """Return the names of the programs and indicators whose amounts and targets changed."""
    state = [one for _, was, now in rows for one in (was, now) if one]
    named: dict[tuple[str, int], str] = {}
    for key, model in (("program_id", Program), ("indicator_id", OutcomeIndicator)):
        wanted = {one[key] for one in state if one.get(key)}
        if wanted:
            titles = model._default_manager.filter(pk__in=wanted).values_list("pk", "title")
            named |= {(key, pk): title for pk, title in titles}
    return named


def _phrases(table: str, was: State | None, now: State | None, names: Mapping[tuple[str, int], str]) -> list[str]:
    state = now or was or {}
    if table == Partnership._meta.db_table:
        before = was or {}
        return [_column(name, before.get(name), state[name]) for name in state if state[name] != before.get(name)]
    if table == ProgramAmount._meta.db_table:
        program = names.get(("program_id", state["program_id"]), "")
        what = f"Amount of “{program}”, {Government(state['government']).label}"
        return [_values(what, _dollars(was, "amount"), _dollars(now, "amount"))]
    if table == Target._meta.db_table:
        year = f", FY {state['fiscal_year']}" if state.get("fiscal_year") else ""
        what = f"Target of “{names.get(('indicator_id', state['indicator_id']), '')}”{year}"
        return [_values(what, _number(was), _number(now))]
    if table == Contribution._meta.db_table:
        what = f"Pledged contribution “{state['description']}”"
        return [_values(what, _dollars(was, "amount_usd"), _dollars(now, "amount_usd"))]
    if table == AmendmentChange._meta.db_table:
        return [f"Proposed change of {_kind(state['row_table'])}: {_how(was, now)}"]
    name = next((str(state[column]) for column in NAMED_BY if state.get(column)), "")
    return [f"{_kind(table).capitalize()} “{Truncator(name).chars(80)}”: {_how(was, now)}"]


def _column(name: str, was: Any, now: Any) -> str:
    label = COLUMNS.get(name) or name.replace("_", " ").capitalize()
    if name in ("starts_on", "ends_on"):
        return _values(label, *(formats.day(date.fromisoformat(one)) if one else "" for one in (was, now)))
    return f"{label}: changed"


def _values(what: str, was: str, now: str) -> str:
    if was and now:
        return f"{what}: {now}, before {was}" if was != now else f"{what}: changed"
    return f"{what}: {f'{now}, new' if now else f'removed, before {was}'}"


def _dollars(state: State | None, column: str) -> str:
    if state is None:
        return ""
    return formats.dollars(Decimal(str(state[column]))) if state[column] is not None else "no amount"


def _number(state: State | None) -> str:
    return formats.number(Decimal(str(state["value"])), None) if state else ""


def _how(was: State | None, now: State | None) -> str:
    if was is None:
        return "added"
    return "removed" if now is None else "changed"


def _kind(table: str) -> str:
    known = {model._meta.db_table: model for model in apps.get_app_config("partnerships").get_models()}
    return str(known[table]._meta.verbose_name)
