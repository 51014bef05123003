"""Validity of an IATI file by a validator that is not ours: its schemas, its rules, and its code lists."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from okfn_iati import enums  # type: ignore[import-untyped]  # without stubs
from okfn_iati.iati_schema_validator import IatiValidator  # type: ignore[import-untyped]  # without stubs

LISTS = {
    "./activity-status@code": enums.ActivityStatus,
    "./activity-date@type": enums.ActivityDateType,
    "./reporting-org@type": enums.OrganisationType,
    "./participating-org@type": enums.OrganisationType,
    "./participating-org@role": enums.OrganisationRole,
    "./collaboration-type@code": enums.CollaborationType,
    "./default-flow-type@code": enums.FlowType,
    "./default-finance-type@code": enums.FinanceType,
    "./default-aid-type@code": enums.AidType,
    "./default-tied-status@code": enums.TiedStatus,
    "./budget@type": enums.BudgetType,
    "./budget@status": enums.BudgetStatus,
    "./transaction/transaction-type@code": enums.TransactionType,
    "./transaction/receiver-org@type": enums.OrganisationType,
    "./document-link/category@code": enums.DocumentCategory,
    "./result@type": enums.ResultType,
    "./result/indicator@measure": enums.IndicatorMeasure,
}


def faults_of(data: bytes, countries: Iterable[str]) -> list[str]:
    """Return every error of schema, rules, and code lists. `countries` are the codes that exist."""
    is_valid, errors = IatiValidator().validate(data.decode().split("?>", 1)[1])
    found = [] if is_valid else [*errors["schema_errors"], *errors["ruleset_errors"]]
    known = set(countries)
    for activity in ET.fromstring(data).findall("iati-activity"):
        for path, codes in LISTS.items():
            where, name = path.split("@")
            allowed = {str(one.value) for one in codes}
            found += [
                f"{path} {one.get(name)}"
                for one in activity.findall(where)
                if one.get(name) is not None and one.get(name) not in allowed
            ]
        chosen = [one.get("code", "") for one in activity.findall("recipient-country")]
        found += [f"recipient-country {code}" for code in chosen if code not in known]
    return found
