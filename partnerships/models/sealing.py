"""Ownership of the rows under each partnership, and the guards of documented and of closed ones.

One guard lets only a load write rows under a documented partnership, the other rejects rows that plan or promise once
a partnership is over. Import this module after every other model. A
test checks `OWNERS` against the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pgtrigger
from django.apps import apps
from django.db import connection, models

from partnerships.closing import PLANS
from partnerships.database.closing import leaves_closed
from partnerships.database.rows import leaves_documented, makes_version
from partnerships.models.loads import DocumentedLoad
from partnerships.models.partnership import Partnership
from partnerships.models.row_history import History

OWN = "partnership"
OWNERS: Mapping[str, str] = {
    "textfile": "version",
    "clearancerequest": "version",
    "clearanceanswer": "version",
    "silence": "version",
    "legalfinding": "version",
    "clearancereminder": "request",
    "planstep": "plan",
    "plannedmethod": "step",
    "doublecount": "period",
    "yearassessmentstep": "assessment",
    "fieldfindingstep": "finding",
    "periodstep": "period",
    "dialoguestep": "dialogue",
    "awardstep": "award",
    "ledgerentry": "award",
    "subaward": "award",
    "awardbudget": "award",
    "budgetline": "budget",
    "expendedpart": "financial_report",
    "reportdue": "award",
    "reportevent": "report",
    "financialreport": "report",
    "differenceexplanation": "financial_report",
    "closeoutstep": "award",
    "amendmentchange": "amendment",
    "agendaitem": "dialogue",
    "keyindicator": "dialogue",
    "indicatorminute": "key_indicator",
    "actionitem": "dialogue",
    "limitexceptiongrant": "exception",
    "limitexceptionrefusal": "exception",
    "target": "indicator",
    "documentversion": "document",
    "result": "period",
    "resultcell": "result",
    "correction": "determination",
    "programamount": "program",
    "milestone": "activity",
    "publisheddocument": "document",
}
"""Foreign keys that lead toward the partnership, by model name.

Models with a foreign key to a partnership are not listed.
"""

OF_PUBLICATION = frozenset({"withholding", "publishedactivity", "sectorsplit", "publishedorganization"})
"""Models of what the office enters to publish a partnership. It does so for documented partnerships, too."""


def owner_of(model: type[models.Model]) -> str:
    """Return the name of the foreign key that leads toward the partnership.

    Return "" for a model that is not under a partnership.
    """
    name = model._meta.model_name or ""
    if name in OWNERS:
        return OWNERS[name]
    own = next((field for field in model._meta.fields if field.name == OWN), None)
    return OWN if own is not None and own.is_relation else ""


def models_below() -> Iterator[type[models.Model]]:
    """Yield every model whose rows are under a partnership, except the history.

    Only triggers write the history.
    """
    for model in apps.get_app_config("partnerships").get_models():
        if owner_of(model) and model is not History:
            yield model


def is_of_publication(model: type[models.Model]) -> bool:
    return model._meta.model_name in OF_PUBLICATION


def partnership_sql(model: type[models.Model], row: str = "r", depth: int = 0) -> str:
    """Return the SQL for the key of the partnership that `row` is under.

    `row` is a record variable or an alias.
    """
    owner = owner_of(model)
    if owner == OWN:
        return f"{row}.partnership_id"
    parent = model._meta.get_field(owner).related_model
    assert isinstance(parent, type)
    alias = f"t{depth}"
    inner = partnership_sql(parent, alias, depth + 1)
    return f"(SELECT {inner} FROM {parent._meta.db_table} {alias} WHERE {alias}.id = {row}.{owner}_id)"  # noqa: S608  # names of our own tables alone


def partnership_of(row: models.Model) -> Partnership | None:
    """Return the partnership of a row, or None for a row of the office as a whole."""
    ancestor: models.Model | None = row
    while ancestor is not None and not isinstance(ancestor, Partnership):
        owner = owner_of(type(ancestor))
        ancestor = getattr(ancestor, owner) if owner else None
    return ancestor


def is_loading(load_id: int | None) -> bool:
    """Return whether the database has the load open in this transaction."""
    if load_id is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT cpc_is_loading(%s)", [load_id])
        return bool(cursor.fetchone()[0])


def seal() -> None:
    """Register the guards of documented and of closed partnerships with the models under a partnership.

    Each write under a partnership makes a new version of it; models whose own triggers do so are left as they are.
    """
    for model in models_below():
        if not is_of_publication(model):
            pgtrigger.register(leaves_documented(partnership_sql(model)))(model)
        pgtrigger.register(*_versions(model))(model)
        rules = PLANS.get(model._meta.model_name or "", ())
        if rules:
            pgtrigger.register(leaves_closed(partnership_sql(model, "NEW"), rules))(model)


def _versions(model: type[models.Model]) -> list[pgtrigger.Trigger]:
    """Return the triggers that make versions and that a model lacks."""
    names = {str(trigger.name) for trigger in getattr(model._meta, "triggers", ())}
    keys = f"SELECT {partnership_sql(model, 't')} FROM {{rows}} t"  # noqa: S608  # names of our own tables alone
    operations = (
        [pgtrigger.Insert] if "append_only" in names else [pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete]
    )
    if "z_derives_partnership" in names:  # its rows make the version
        operations.remove(pgtrigger.Insert)
    made = makes_version(keys, *operations) if operations else []
    return [trigger for trigger in made if trigger.name not in names]


__all__ = (
    "DocumentedLoad",
    "is_loading",
    "is_of_publication",
    "models_below",
    "partnership_of",
    "partnership_sql",
    "seal",
)
