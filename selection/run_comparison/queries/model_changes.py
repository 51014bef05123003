"""Differences of two model tables as sentences."""

from __future__ import annotations

from selection.model_definition.criteria_table import ModelTable
from selection.model_definition.differences import FIELD_LABELS, differences

_SETTINGS = frozenset(FIELD_LABELS[name] for name in ("aggregation", "groupings", "concentration"))


def model_changes(old: ModelTable, new: ModelTable) -> list[str]:
    """Describe the differences of two model tables, one sentence per criterion, node, or setting."""
    if old.hash == new.hash:
        return []
    found = []
    for name in ("root_tau", "node_tau", "rho", "draws"):
        if getattr(old, name) != getattr(new, name):
            found.append(f"{name} is {getattr(new, name):g}, was {getattr(old, name):g}.")
    for kind in ("nodes", "criteria"):
        was, now = ({item.key: item for item in getattr(table, kind)} for table in (old, new))
        found += [f"{now[key].label} is new." for key in now if key not in was]
        found += [f"{was[key].label} was removed." for key in was if key not in now]
        for key in now:
            if key in was and now[key] != was[key]:
                if now[key].weight != was[key].weight:
                    found.append(f"{now[key].label}: weight {now[key].weight:g}, was {was[key].weight:g}.")
                else:
                    found.append(f"{now[key].label}: its definition changed.")
    found += _method_changes(old, new)
    return found or ["Only the model's description changed; no weight and no rule is different."]


def _method_changes(old: ModelTable, new: ModelTable) -> list[str]:
    """Describe the differences of the method, one sentence per setting, evidence rule, or choice."""
    found = []
    for difference in differences(old, new):
        if difference.what in ("Evidence", "Choice"):
            change = {"added": "is new", "removed": "was removed"}.get(difference.how, "changed")
            found.append(f"{difference.what} “{difference.label}” {change}.")
        elif difference.what in ("Model", "Method"):
            named = difference.what == "Method"
            fields = [field for field in difference.fields if named or field.name in _SETTINGS]
            found += [f"{field.name}: {field.after}, was {field.before}." for field in fields]
    return found
