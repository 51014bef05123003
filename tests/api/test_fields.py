"""Fields of everything that is sent and answered over REST: names, which may be null, and limits of what is sent."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cpc.api.shaped_schemas import IN_PART
from tests.api.declared_fields import (
    all_components,
    declared_components,
    fields_of,
    is_optional_null,
    read_declared,
)

# Each field of an answer; one with a question mark may be null.
ANSWERED = {
    "AllIn": "interval data_weights settled? tier_holds? income_rank? reliability free_weights?",
    "Amendment": "number kind title reason state requested_at decided_at? decision_note applied_at? missing changes",
    "AmendmentSteps": "state steps",
    "Amount": "id program government amount note stated_at",
    "Change": "id action of row? field old? new? missing",
    "Clearance": "texts",
    "ClearanceAnswer": "version agency answer answered_on comment after_signature recorded_at",
    "ClearanceRequest": "version agency role asked_on due_on removed_on? removed_because missing",
    "ClearanceText": "amendment? stops versions requests answers going_on legal_findings signings missing",
    "BundleFile": "name bytes",
    "Check": "name passed text",
    "IatiActivity": "partnership identifier ready missing checks withheld",
    "IatiFile": "partnership identifier ready missing checks withheld sha256 bytes",
    "IatiPortfolio": "sha256 bytes included left_out",
    "CodeAndName": "code name",
    "RecordedChange": ("id cursor at kind subject key url? partnership? round? revision? changed before? after?"),
    "RecordedChanges": "next more held_back results",
    "Confirmation": "source publisher edition published_on? file locator raw_text",
    "Contribution": (
        "id government kind stage fiscal_year program? description amount_usd? original_amount? original_currency "
        "rate? rate_source valuation_method staff_years? account authority source replaces? recorded_at missing"
    ),
    "Country": "code iso2 iso3 numeric name short_name region kind successor? aliases",
    "CountryScore": (
        "run rank? country status reason score? reason_code? place? rank_interval? place_interval? within_short? "
        "within_first? designs? group? region? region_rank? detail? all_in? all_in_missing? equal_display need? "
        "feasibility? coverage? lower? upper? income tier tier_quality criteria hurdles"
    ),
    "CriteriaConsultation": "model adopted_on? agencies",
    "CriteriaFact": (
        "agency status asked_on? answered_on? text? speaker? document? by_agency is_outdated adopted_without?"
    ),
    "Deadline": "day what is_late",
    "Deadlines": "on late deadlines",
    "Detail": "bins? widths? best? worst? designs_interval?",
    "Drawn": "low median high within_first within_short?",
    "Estimate": "source? measured age? best? low? high? share? error? published peers moves datum?",
    "EventConcern": "title happened_on text source afterward afterward_source",
    "Exception": "kind term_months? funding? reason authority expires_on? missing",
    "File": "name sha256",
    "FinancialReport": (
        "id award period_end report_type state received_on cash_receipts cash_disbursements cash_on_hand authorized "
        "expended unliquidated federal_share unobligated recipient_required? recipient_expended? recipient_remaining? "
        "remarks recorded_at missing"
    ),
    "FoundKind": "kind name count",
    "FoundSource": "kind id name part? url snippet passages",
    "FoundSubject": "kind id title about url? is_sample passages sources other_sources",
    "SearchAnswer": "count samples next? previous? kinds results",
    "Finding": "code severity message field citation limit would_be url",
    "Findings": "findings",
    "FreeWeights": "within_first low high confidence? weights",
    "Funding": "currency limit? policy_limit? planned? notified? awarded? obligated? disbursed?",
    "FundingInFull": (
        "currency limit? policy_limit? planned? notified? awarded? obligated? disbursed? open_to_obligation? "
        "other_us_cash?"
    ),
    "Hurdle": "key label verdict waived probability?",
    "InTheWay": "round state stopping obstacles",
    "Indicator": "code source name unit wording direction minimum? maximum? labels decimals publisher",
    "LedgerEntry": "id award kind amount on fiscal_year fund? reference note authority recorded_at missing",
    "LegalFinding": "version result found_on note",
    "LegalReview": "result reviewed_on? reported_to_congress_on? published_on?",
    "Line": (
        "key label factor indicator state normalized? clipped nominal_weight effective_weight points points_lost "
        "points_owed missing? observation? observations shown? estimate?"
    ),
    "Measured": "code title level measure unit baseline? target? value? open_findings missing years parts",
    "ModelReference": "key version hash",
    "NameMapping": "id source name meaning country? recorded_at superseded_at? superseded_reason?",
    "Objective": "number title paradigm system outcome",
    "Observation": (
        "id indicator country period series value? label? missing? standard_error? low? high? quality note provenance "
        "confirmed_by second_witness? known_from known_to? superseded_at?"
    ),
    "AnsweredCountry": "country status rank? place? score? need? feasibility? missing",
    "ScenarioAnswer": "scenario run answered countries",
    "Outcomes": "as_of lacks measures figures",
    "OutcomeLine": (
        "measure title indicator partners difference? low? high? p? adjusted_p? told_from_chance failed_checks missing"
    ),
    "OutcomeFigure": "measure country signed_on before? after? group_change? difference? rank? of? enters? missing",
    "OfferedStep": "name label target needs_reason allowed findings",
    "OnePeriod": "id starts_on ends_on due_on state recorded",
    "Origin": "decision? superseded_at? confirmed_at? reason",
    "OriginInBrief": "decision? superseded_at? confirmed_at?",
    "PaginatedAmendmentList": "count next? previous? results",
    "PaginatedObservationList": "as_of count? next? previous? results",
    "Part": "breakdown row column value? missing",
    "Participant": "government name leads",
    "Partnership": (
        "id revision title country region kind status status_as_of? term updated_at origin same_country "
        "focus_regions forms fund_account coordination_body legal_review funding limits_citation missing exceptions "
        "participants objectives programs national_plans statements events parts"
    ),
    "PartnershipBrief": (
        "id revision title country region kind status status_as_of? term updated_at origin same_country "
        "focus_regions forms fund_account coordination_body legal_review funding missing parts"
    ),
    "PartnershipProgram": "id title us_amount? partner_amount? missing",
    "Obstacle": "key code weight title detail? url? blocks candidates",
    "Period": "id starts_on ends_on due_on state",
    "PeriodSteps": "state steps",
    "Periods": "added",
    "Plan": (
        "id country source source_url? assessment? recorded_at superseded_at? superseded_reason? replaces? kind title "
        "starts_year? ends_year? status"
    ),
    "Pool": "on tip_edition? in_pool rules countries",
    "PoolCountry": "country in_pool reason_code? reason? admitted former_partnerships",
    "PoolRule": "reason rule why citation in_force_from countries",
    "RatedCell": "candidate criterion name count hidden median? ratings",
    "Rating": "rater step? reason at",
    "HandIn": "rater rated cells at",
    "RoundRatings": "round raters_judge_apart cells hand_ins",
    "PositionCell": (
        "agency country role due_on? status text? given_at? evidence? opened_evidence? on_older_evidence withdrawn?"
    ),
    "Program": (
        "id country source source_url? assessment? recorded_at superseded_at? superseded_reason? replaces? agency "
        "agency_code? title sector implementer? starts_on? ends_on? amount? stated_in?"
    ),
    "Proof": "run manifest_sha256 sha256 bytes made_at files",
    "Provenance": "source publisher edition published_on? dated_by file locator raw_text",
    "Published": "value? label? year series?",
    "RankInterval": "low median high",
    "Queue": "on counts kinds items sent_count sent",
    "QueueCounts": "late today week later undated total",
    "QueueItem": "key kind title why? verb url due? since? asked_by? count partnership?",
    "QueueKind": "kind name count",
    "QueueSent": "key title why? url with_whom? since? opened_on? due? partnership?",
    "Ranking": "run illustrative share_of_full_model first short draws_vary countries",
    "RankingRow": (
        "rank? country status reason score? reason_code? place? rank_interval? place_interval? within_short? "
        "within_first? designs? group? region? region_rank? detail? all_in? all_in_missing? equal_display need? "
        "feasibility? coverage? lower? upper? income tier tier_quality"
    ),
    "Recorded": "indicator result",
    "Reliability": "value settled? lost",
    "ResourceEntry": "name url subject summary is_list expand",
    "Root": "resources",
    "Result": (
        "id period indicator award? value? numerator? denominator? no_data_reason not_disaggregated narrative "
        "evidence replaces? missing"
    ),
    "Results": "periods indicators",
    "RoundPositions": "round state positions",
    "Run": (
        "number stage model as_of as_of_at? reference_date published_by beside? snapshot_hash engine_version seed "
        "draws ranked created_at adopted_on?"
    ),
    "Settled": "low median high within_first within_short? group?",
    "Signing": "us_signed_on? partner_signed_on? in_effect_on? recorded_at missing",
    "Silence": "version agency reason proposed_at decision decided_at? note missing",
    "ExportedTable": "name title rows",
    "RecordArchive": "partnership version tables files left_out",
    "BulkPackage": "as_of url file_name bytes sha256 observations built_at",
    "Source": (
        "key title publisher license attribution homepage cadence_months? frozen publication_rule not_published note "
        "indicators"
    ),
    "StatedIn": "file sha256 locator",
    "StatedNode": "node answers chosen_concentration estimated_concentration? parts",
    "StatedPart": "part in_model mean median lowest highest office? agencies?",
    "StatedReason": "reason confirmed_at? note missing",
    "Statement": "kind text amount? currency day? stated_on? stated_in source missing",
    "Step": "name label target needs_reason allowed findings takes_determination",
    "Steps": "status steps",
    "Term": "starts_on? ends_on? signed_on? ended_on? limit_months? policy_months? counted_from? latest_end?",
    "TextVersion": "number dated changed material reason second_language languages",
    "Unpublished": "edition as_of evidence recorded_by recorded_at",
    "Weighting": "id title model due_on is_open asked answered nodes?",
    "Weightings": "weightings",
    "Widths": "measurement age bridge missing weights data overdue? data_weights? total designs",
    "Withdrawn": "position given_at withdrawn_at reason",
    "Witness": "verdict text observation label quality provenance",
    "Year": "fiscal_year target? value? missing",
}

# What may be sent: a field with an asterisk must be sent, and one with a question mark may be null. A text has its
# lengths, an amount the digits before and after its point, and `= ""` what an omitted field counts as.
SENT = {
    "ConfirmOrigin": {"note": 'text to 2000 = ""'},
    "NewAmendment": {"kind*": "AmendmentKind", "title*": "text 1 to 200", "reason*": "text 1 to 2000"},
    "NewAmount": {"program*": "integer", "government*": "Government", "amount*": "decimal 12.2"},
    "NewAmounts": {"amounts*": "1 or more of NewAmount"},
    "NewChange": {
        "of*": "Of",
        "row?": "integer",
        "field": 'text to 60 = ""',
        "value?": "any",
        "government": "Government",
        "amount": "decimal 12.2",
    },
    "NewContribution": {
        "government*": "Government",
        "kind*": "ContributionKind",
        "stage*": "ContributionStage",
        "fiscal_year*": "integer 2013 to 2100",
        "description*": "text 1 to 300",
        "source*": "text 1 to 500",
        "program?": "integer",
        "amount_usd?": "decimal -12.2",
        "original_amount?": "decimal -14.2",
        "original_currency": 'text to 3 = ""',
        "rate?": "decimal -8.8",
        "rate_source": 'text to 200 = ""',
        "valuation_method": 'text to 300 = ""',
        "staff_years?": "decimal -6.2",
        "account": "CashAccount or blank",
        "authority": 'text to 300 = ""',
        "replaces?": "integer",
    },
    "NewLedgerEntry": {
        "award*": "integer",
        "kind*": "LedgerKind",
        "amount*": "decimal 12.2",
        "on*": "day",
        "fund?": "integer",
        "reference": 'text to 60 = ""',
        "note": 'text to 300 = ""',
        "authority": 'text to 200 = ""',
    },
    "NewPart": {
        "breakdown*": "Breakdown",
        "sex": "Sex or blank",
        "age": "AgeGroup or blank",
        "category": 'text to 80 = ""',
        "value*": "decimal -14.4",
    },
    "NewPartnership": {
        "title*": "text 1 to 200",
        "starts_on?": "day",
        "ends_on?": "day",
        "focus_regions": "any number of text 1 to 80",
        "forms": "any number of TraffickingFormCode",
        "fund_account": "FundAccount",
        "coordination_body": "text to 200",
        "country*": "text 1 to 30",
        "origin_reason": 'text to 2000 = ""',
        "decision?": "integer",
    },
    "NewPartnershipProgram": {"title*": "text 1 to 200", "description": 'text to 2000 = ""'},
    "NewPeriods": {"frequency*": "NewPeriodsFrequency"},
    "NewResult": {
        "period*": "integer",
        "indicator*": "text 1 to 20",
        "award?": "integer",
        "value?*": "decimal -14.4",
        "numerator?": "decimal -14.4",
        "denominator?": "decimal -14.4",
        "no_data_reason": 'text to 300 = ""',
        "not_disaggregated": 'text to 300 = ""',
        "narrative": 'text = ""',
        "evidence": 'text to 500 = ""',
        "replaces?": "integer",
        "parts": "any number of NewPart",
    },
    "PatchedPartnershipChange": {
        "title": "text 1 to 200",
        "starts_on?": "day",
        "ends_on?": "day",
        "focus_regions": "any number of text 1 to 80",
        "forms": "any number of TraffickingFormCode",
        "fund_account": "FundAccount",
        "coordination_body": "text to 200",
    },
    "TakeAmendmentStep": {"name*": "TakeAmendmentStepName", "on": "day", "reason": 'text to 500 = ""'},
    "TakePeriodStep": {"name*": "TakePeriodStepName", "on": "day", "reason": 'text to 2000 = ""'},
    "TakeStep": {"name*": "TakeStepName", "on": "day", "reason": 'text = ""', "determination?": "integer"},
}
DECLARED = read_declared()
"""Fields of the components that resources declare, as `declared_fields.txt` lists them."""
PROBLEM = "type title status detail instance request_id errors"
DECIMAL = re.compile(r"\^(?P<minus>-\?)?\\d\{1,(?P<whole>\d+)\}\(\\\.\\d\{1,(?P<places>\d+)\}\)\?\$")


@pytest.fixture(scope="module")
def components() -> dict[str, Any]:
    return all_components()


def described(field: dict[str, Any]) -> str:
    """Describe a field of what is sent in the words of `SENT`."""
    if "allOf" in field:
        return described(field["allOf"][0])
    if "oneOf" in field:
        return " or ".join("blank" if "Blank" in part["$ref"] else described(part) for part in field["oneOf"])
    if "$ref" in field:
        return str(field["$ref"].rpartition("/")[2].removesuffix("Enum"))
    if field.get("type") == "array":
        least = f"{field['minItems']} or more" if "minItems" in field else "any number"
        return f"{least} of {described(field['items'])}"
    if field.get("format") == "decimal":
        digits = DECIMAL.fullmatch(field["pattern"])
        assert digits, field["pattern"]
        return f"decimal {'-' if digits['minus'] else ''}{digits['whole']}.{digits['places']}"
    if field.get("format") == "date":
        return "day"
    words = {"string": "text"}.get(field.get("type", "any"), field.get("type", "any"))
    for least, most in (("minLength", "maxLength"), ("minimum", "maximum")):
        words += f" {field[least]}" if least in field else ""
        words += f" to {field[most]}" if most in field else ""
    return f'{words} = "{field["default"]}"' if field.get("default") is not None else words


@pytest.mark.parametrize("name", ANSWERED)
def test_fields_of_an_answer_and_which_may_be_null(components: dict[str, Any], name: str) -> None:
    assert fields_of(components[name]) == ANSWERED[name]


def test_fields_of_declared_resources_and_which_may_be_null(components: dict[str, Any]) -> None:
    listed = {name: fields_of(components[name]) for name in declared_components()}
    assert listed == DECLARED, "If each change is meant, run `python -m tests.api.declared_fields`."


@pytest.mark.parametrize("name", SENT)
def test_fields_that_are_sent_with_their_limits(components: dict[str, Any], name: str) -> None:
    required = components[name].get("required", ())
    sent = {
        field + ("?" if is_optional_null(value) else "") + ("*" if field in required else ""): described(value)
        for field, value in components[name]["properties"].items()
    }
    assert sent == SENT[name]


def test_every_object_of_the_schema_is_listed(components: dict[str, Any]) -> None:
    lists = {name for name in components if name.startswith("Paginated")}
    lists |= {name for name in components if name.endswith(IN_PART)}
    assert set(components) - lists - set(DECLARED) - {"Problem"} == (set(ANSWERED) | set(SENT)) - lists
    assert {
        tuple(components[name]["properties"]) for name in lists - {"PaginatedObservationList"} if IN_PART not in name
    } == {("count", "next", "previous", "results")}
    assert list(components["Problem"]["properties"]) == PROBLEM.split()
