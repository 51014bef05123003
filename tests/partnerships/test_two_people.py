"""No one decides on what they wrote, changed, or submitted: each decision, each way to write, services and SQL.

SQL runs as the application's own role, as every test does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from cpc.audit.authors import why_not_decide
from cpc.audit.models import Authorship
from indicators.models import Country
from partnerships.agreements import services as agreements
from partnerships.amendments.services import drafting, steps
from partnerships.limit_exceptions import services as limits
from partnerships.models import (
    Activity,
    AmendmentKind,
    LimitPolicy,
    Milestone,
    MonitoringPlan,
    Objective,
    Partnership,
    ReportingPeriod,
    Result,
)
from partnerships.money.services import record_contribution
from partnerships.monitoring.services.plans import (
    NewTarget,
    collect_baseline,
    edit_indicator,
    set_targets,
    take_plan_step,
)
from partnerships.monitoring.services.results import record_result, schedule_periods, take_period_step
from partnerships.publication.services import take_withholding_step
from partnerships.schedules import ReportFrequency
from partnerships.status.services import take_step
from partnerships.terms import services as terms
from partnerships.word_documents.services import take_template_step
from tests.api.test_partnerships import as_program
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.publication.withheld_items import propose
from tests.partnerships.queue.reading import keys, sent_keys
from tests.partnerships.sending import client_of, page_text
from tests.partnerships.word_documents.uploads import marked, upload
from tests.support.accounts import make_account, set_by_owner
from tests.worlds.partnerships.build import END, FOUR_YEARS, START, Stage
from tests.worlds.partnerships.life import approve_plan

pytestmark = pytest.mark.django_db
TODAY = timezone.now().date()
LATER = date(2026, 1, 15)

Write = Callable[[Stage, Any, User], object]


@dataclass(frozen=True)
class Decision:
    """One thing that people decide on: how it is made, each way to write part of it, and the decision itself."""

    made: Callable[[Stage, User], Any]
    writes: Mapping[str, Write]
    submitted: Write
    decided: Callable[[Any, User], object]
    sql: str


# ---- amendments ----------------------------------------------------------------------------------------------------


def _amendment(stage: Stage, opener: User) -> Any:
    partnership = stage.active(ends_on=FOUR_YEARS)
    made = drafting.draft_amendment(
        partnership=partnership, kind=AmendmentKind.EXTENSION, title="More time", reason="Late awards", actor=opener
    )
    _ends(stage, made, opener)
    return made


def _ends(_stage: Stage, amendment: Any, actor: User) -> object:
    row = Partnership.objects.get(pk=amendment.partnership_id)
    return drafting.propose_change(amendment=amendment, row=row, field="ends_on", value=END, actor=actor)


def _outcome(_stage: Stage, amendment: Any, actor: User) -> Any:
    row = Objective.objects.get(partnership=amendment.partnership_id)
    return drafting.propose_change(amendment=amendment, row=row, field="outcome", value="Fewer cases", actor=actor)


def _added_and_removed(stage: Stage, amendment: Any, actor: User) -> object:
    return drafting.drop_change(change=_outcome(stage, amendment, actor), actor=stage.analyst)


def _removed(stage: Stage, amendment: Any, actor: User) -> object:
    drafting.drop_change(change=amendment.changes.get(), actor=actor)
    return _ends(stage, amendment, stage.analyst)


def _submitted_and_returned(stage: Stage, amendment: Any, actor: User) -> object:
    steps.submit_amendment(amendment=amendment, actor=actor, on=TODAY)
    return steps.return_amendment(amendment=amendment, note="Check", actor=_third())


def _submit_amendment(stage: Stage, amendment: Any, actor: User) -> object:
    return steps.submit_amendment(amendment=amendment, actor=actor, on=TODAY)


def _third() -> User:
    return User.objects.filter(username="third").first() or make_account(Role.APPROVER, username="third")


AMENDMENT = Decision(
    made=_amendment,
    writes={
        "adds a change": _outcome,
        "adds a change that is removed": _added_and_removed,
        "removes a change": _removed,
        "submits it before it is returned": _submitted_and_returned,
    },
    submitted=_submit_amendment,
    decided=lambda row, actor: steps.decide_amendment(amendment=row, approve=True, actor=actor),
    sql="UPDATE partnerships_amendment SET state = 'approved', decided_by_id = %(account)s WHERE id = %(key)s",
)

# ---- monitoring plans ----------------------------------------------------------------------------------------------


def _plan(stage: Stage, _opener: User) -> MonitoringPlan:
    return MonitoringPlan.objects.get(partnership=stage.active())


def _target(_stage: Stage, plan: Any, actor: User) -> object:
    indicator = plan.partnership.outcome_indicators.earliest("code")
    return set_targets(indicator=indicator, targets=[NewTarget(2022, Decimal(7))], reason="New", actor=actor)


def _indicator(_stage: Stage, plan: Any, actor: User) -> object:
    indicator = plan.partnership.outcome_indicators.latest("code")
    return edit_indicator(indicator=indicator, values={"method": "A visit"}, actor=actor)


def _baseline(_stage: Stage, plan: Any, actor: User) -> object:
    indicator = plan.partnership.outcome_indicators.latest("code")
    return collect_baseline(indicator=indicator, value=Decimal(3), on=START, source="A count", actor=actor)


def _plan_returned(stage: Stage, plan: Any, actor: User) -> object:
    take_plan_step(plan=plan, name="submit", actor=actor, on=START)
    return take_plan_step(plan=plan, name="return", actor=_third(), on=START, reason="Check")


def _submit_plan(_stage: Stage, plan: Any, actor: User) -> object:
    return take_plan_step(plan=plan, name="submit", actor=actor, on=START)


PLAN = Decision(
    made=_plan,
    writes={
        "changes one target": _target,
        "changes one indicator": _indicator,
        "collects a baseline": _baseline,
        "submits it before it is returned": _plan_returned,
    },
    submitted=_submit_plan,
    decided=lambda row, actor: take_plan_step(plan=row, name="approve", actor=actor, on=START),
    sql="INSERT INTO partnerships_planstep (plan_id, name, source, target, reason, actor_id) "
    "VALUES (%(key)s, 'approve', 'submitted', 'approved', '', %(account)s)",
)

# ---- reporting periods ---------------------------------------------------------------------------------------------


def _period(stage: Stage, _opener: User) -> ReportingPeriod:
    partnership = stage.active()
    approve_plan(stage, partnership, START)
    first = schedule_periods(partnership=partnership, frequency=ReportFrequency.ANNUAL, actor=stage.analyst)[0]
    for indicator in partnership.outcome_indicators.all():
        _result(first, indicator, stage.analyst)
    return first


def _result(period: ReportingPeriod, indicator: Any, actor: User) -> Result:
    return record_result(
        period=period, indicator=indicator, value=None, no_data_reason="Not counted yet", actor=actor, on=LATER
    )


def _replaced(_stage: Stage, period: Any, actor: User) -> object:
    indicator = period.partnership.outcome_indicators.earliest("code")
    return record_result(
        period=period, indicator=indicator, value=None, no_data_reason="Not counted", actor=actor, on=LATER
    )


def _period_returned(_stage: Stage, period: Any, actor: User) -> object:
    take_period_step(period=period, name="submit", actor=actor, on=LATER)
    return take_period_step(period=period, name="return", actor=_third(), on=LATER, reason="Check")


def _submit_period(_stage: Stage, period: Any, actor: User) -> object:
    return take_period_step(period=period, name="submit", actor=actor, on=LATER)


PERIOD = Decision(
    made=_period,
    writes={"replaces a result": _replaced, "submits it before it is returned": _period_returned},
    submitted=_submit_period,
    decided=lambda row, actor: take_period_step(period=row, name="approve", actor=actor, on=LATER),
    sql="INSERT INTO partnerships_periodstep (period_id, name, source, target, reason, actor_id) "
    "VALUES (%(key)s, 'approve', 'submitted', 'approved', '', %(account)s)",
)

# ---- terms at signature --------------------------------------------------------------------------------------------


def _draft(stage: Stage, _opener: User) -> Partnership:
    partnership = stage.draft()
    stage.program(partnership, "1000.00")
    stage.restrictions(partnership)
    stage.complete(partnership)
    for name in ("invite", "open_negotiations"):
        stage.step(partnership, name, START - timedelta(days=30))
    return partnership


def _objective(_stage: Stage, partnership: Any, actor: User) -> object:
    return terms.edit_term(term=partnership.objectives.get(), actor=actor, values={"outcome": "Other"})


def _withdrawn_objective(stage: Stage, partnership: Any, actor: User) -> object:
    row = Objective(partnership=partnership, number=2, title="X", paradigm="prevention", system="justice", outcome="Y")
    return terms.remove_term(term=terms.add_term(term=row, actor=actor), actor=stage.analyst)


def _milestone(stage: Stage, partnership: Any, actor: User) -> object:
    activity = Activity(
        partnership=partnership,
        objective=partnership.objectives.get(),
        title="Train judges",
        planned_start=START,
        planned_end=END,
    )
    made = terms.add_term(term=activity, actor=stage.analyst)
    return terms.add_term(term=Milestone(activity=made, title="First course", planned_on=START), actor=actor)


def _amounts(_stage: Stage, partnership: Any, actor: User) -> object:
    amounts = [(partnership.programs.get(), "us", Decimal("2000.00"))]
    return terms.set_amounts(partnership=partnership, amounts=amounts, actor=actor)  # type: ignore[arg-type]


def _regions(_stage: Stage, partnership: Any, actor: User) -> object:
    return agreements.edit_partnership(partnership=partnership, actor=actor, values={"focus_regions": ["Volta"]})


def _instrument(_stage: Stage, partnership: Any, actor: User) -> object:
    return agreements.add_document_version(
        partnership=partnership,
        kind="instrument",
        title="Instrument",
        file=ContentFile(b"Signed text", name="instrument.txt"),
        actor=actor,
    )


def _returned(_stage: Stage, partnership: Any, actor: User) -> object:
    day = START - timedelta(days=20)
    take_step(partnership=partnership, name="submit_for_clearance", actor=actor, on=day)
    return take_step(partnership=partnership, name="return_to_negotiation", actor=_third(), on=day, reason="Check")


def _contribution(stage: Stage, partnership: Any, actor: User) -> object:
    """Record a contribution as an analyst who becomes an approver later."""
    User.objects.filter(pk=actor.pk).update(role=Role.ANALYST)
    row = partnership.contributions.earliest("pk")
    row.pk, row.supersedes, row._state.adding = None, None, True
    record_contribution(contribution=row, actor=User.objects.get(pk=actor.pk))
    set_by_owner(User.objects.filter(pk=actor.pk), role=Role.APPROVER)
    return actor


def _submit_terms(stage: Stage, partnership: Any, actor: User) -> object:
    day = START - timedelta(days=10)
    submitted = take_step(partnership=partnership, name="submit_for_clearance", actor=actor, on=day)
    stage.clear(partnership, day)
    return submitted


TERMS = Decision(
    made=_draft,
    writes={
        "changes an objective": _objective,
        "adds an objective that is removed": _withdrawn_objective,
        "adds a milestone": _milestone,
        "sets an amount": _amounts,
        "changes the partnership": _regions,
        "adds a version of the instrument": _instrument,
        "changes one target": lambda stage, row, actor: _target(stage, row.monitoring_plan, actor),
        "records a contribution": _contribution,
        "submits it before it is returned": _returned,
    },
    submitted=_submit_terms,
    decided=lambda row, actor: take_step(partnership=row, name="sign", actor=actor, on=START),
    sql="INSERT INTO partnerships_statuschange "
    "(partnership_id, transition, from_status, to_status, effective_on, reason, actor_id) "
    "VALUES (%(key)s, 'sign', 'in_clearance', 'signed', '2021-01-01', '', %(account)s)",
)

# ---- limits, exceptions, stated reasons ----------------------------------------------------------------------------


def _policy(_stage: Stage, opener: User) -> LimitPolicy:
    return limits.propose_policy(
        effective_from=TODAY, term_months=61, funding=Decimal("5000001.00"), citation="A fact sheet", actor=opener
    )


def _exception(stage: Stage, opener: User) -> Any:
    return limits.request_exception(
        partnership=stage.active(), actor=opener, reason="Late", expires_on=date(2099, 1, 1), term_months=70
    )


def _grant(row: Any, actor: User) -> object:
    document = row.partnership.documents.get(kind="other").versions.get()
    return limits.grant_exception(exception=row, authority="The Director", document=document, actor=actor)


def _opened(_stage: Stage, opener: User) -> Partnership:
    country = Country.objects.get(code="GHA")
    return agreements.create_partnership(country=country, title="Own", origin_reason="Prevalence", actor=opener)


def _nothing(_stage: Stage, _row: Any, _actor: User) -> None:
    """Leave the record as it was opened."""


def _attach(stage: Stage, row: Any, _actor: User) -> object:
    return stage.document(row.partnership)


LIMITS = Decision(
    made=_policy,
    writes={},
    submitted=_nothing,
    decided=lambda row, actor: limits.approve_policy(policy=row, actor=actor),
    sql="INSERT INTO partnerships_limitpolicyapproval (policy_id, approved_by_id) VALUES (%(key)s, %(account)s)",
)
GRANT = Decision(
    made=_exception,
    writes={},
    submitted=_attach,
    decided=_grant,
    sql="INSERT INTO partnerships_limitexceptiongrant (exception_id, granted_by_id, authority, document_id) "
    "SELECT %(key)s, %(account)s, 'The Director', max(id) FROM partnerships_documentversion",
)
REFUSAL = Decision(
    made=_exception,
    writes={},
    submitted=_nothing,
    decided=lambda row, actor: limits.refuse_exception(exception=row, reason="No", actor=actor),
    sql="INSERT INTO partnerships_limitexceptionrefusal (exception_id, refused_by_id, reason) "
    "VALUES (%(key)s, %(account)s, 'No')",
)
ORIGIN = Decision(
    made=_opened,
    writes={},
    submitted=_nothing,
    decided=lambda row, actor: agreements.confirm_origin(partnership=row, actor=actor),
    sql="INSERT INTO partnerships_originconfirmation (partnership_id, note, confirmed_by_id) "
    "VALUES (%(key)s, '', %(account)s)",
)

TEMPLATE = Decision(
    made=lambda _stage, opener: upload(opener, marked("First")),
    writes={},
    submitted=_nothing,
    decided=lambda row, actor: take_template_step(template=row, name="release", actor=actor),
    sql="UPDATE partnerships_documenttemplate SET state = 'released', decided_by_id = %(account)s WHERE id = %(key)s",
)

WITHHELD = Decision(
    made=lambda stage, opener: propose(opener, stage.draft("KEN")),
    writes={},
    submitted=_nothing,
    decided=lambda row, actor: take_withholding_step(withholding=row, name="determine", actor=actor),
    sql="UPDATE partnerships_withholding SET state = 'determined', decided_by_id = %(account)s WHERE id = %(key)s",
)

OF_PARTS = {"amendment": AMENDMENT, "plan": PLAN, "period": PERIOD, "terms": TERMS}
WHOLE = {
    "limits": LIMITS,
    "grant": GRANT,
    "refusal": REFUSAL,
    "origin": ORIGIN,
    "amendment": AMENDMENT,
    "template": TEMPLATE,
    "withheld": WITHHELD,
}
WRITES = [(name, how) for name, decision in OF_PARTS.items() for how in decision.writes]


@pytest.fixture
def stage(facts: None) -> Stage:
    return Stage()


@pytest.fixture
def author() -> User:
    return make_account(Role.APPROVER, username="author")


def _refuses(decision: Decision, row: Any, person: User) -> None:
    assert error_codes(lambda: decision.decided(row, person)) == ["two_people"]
    assert db_error_code(lambda: _by_sql(decision, row, person)) == "two_people"


def _by_sql(decision: Decision, row: Any, person: User) -> None:
    statement = decision.sql % {"key": int(row.pk), "account": int(person.pk)}
    raw(statement)


@pytest.mark.parametrize(("thing", "how"), WRITES)
def test_author_of_any_part_cannot_decide(stage: Stage, author: User, thing: str, how: str) -> None:
    decision = OF_PARTS[thing]
    row = decision.made(stage, stage.analyst)
    decision.writes[how](stage, row, author)
    row.refresh_from_db()
    decision.submitted(stage, row, stage.analyst)
    row.refresh_from_db()
    _refuses(decision, row, author)
    decision.decided(row, stage.approver)


@pytest.mark.parametrize("thing", OF_PARTS)
def test_submitter_cannot_decide(stage: Stage, author: User, thing: str) -> None:
    decision = OF_PARTS[thing]
    row = decision.made(stage, stage.analyst)
    decision.submitted(stage, row, author)
    row.refresh_from_db()
    _refuses(decision, row, author)
    _by_sql(decision, row, stage.approver)


@pytest.mark.parametrize("thing", WHOLE)
def test_opener_cannot_decide(stage: Stage, author: User, thing: str) -> None:
    decision = WHOLE[thing]
    row = decision.made(stage, author)
    decision.submitted(stage, row, stage.analyst)
    row.refresh_from_db()
    _refuses(decision, row, author)
    decision.decided(row, stage.approver)


@pytest.mark.parametrize("thing", OF_PARTS)
def test_a_later_edit_by_another_does_not_free_the_first(stage: Stage, author: User, thing: str) -> None:
    decision = OF_PARTS[thing]
    row = decision.made(stage, stage.analyst)
    first, *_, last = decision.writes
    decision.writes[first](stage, row, author)
    row.refresh_from_db()
    decision.writes[last](stage, row, stage.analyst)
    row.refresh_from_db()
    decision.submitted(stage, row, make_account(Role.ANALYST, username="another-analyst"))
    row.refresh_from_db()
    _refuses(decision, row, author)
    decision.decided(row, stage.approver)


AUTHORED = {
    "a target": (
        PLAN,
        "INSERT INTO partnerships_target (indicator_id, fiscal_year, value, reason, recorded_by_id) "
        "SELECT min(id), 2022, 9, 'New', %s FROM partnerships_outcomeindicator",
    ),
    "a result": (
        PERIOD,
        "INSERT INTO partnerships_result (period_id, indicator_id, replaces_id, no_data_reason, not_disaggregated, "
        "narrative, evidence, recorded_by_id) SELECT period_id, indicator_id, id, 'None', '', '', '', %s "
        "FROM partnerships_result ORDER BY id LIMIT 1",
    ),
}


@pytest.mark.parametrize("what", AUTHORED)
def test_a_row_that_sql_wrote_counts_for_the_author_that_it_names(stage: Stage, author: User, what: str) -> None:
    decision, statement = AUTHORED[what]
    row = decision.made(stage, stage.analyst)
    raw(statement, author.pk)
    decision.submitted(stage, row, stage.analyst)
    row.refresh_from_db()
    _refuses(decision, row, author)


def test_authors_are_stored(stage: Stage, author: User) -> None:
    _policy(stage, author)
    for attempt in (
        "UPDATE audit_authorship SET did = ''",
        "DELETE FROM audit_authorship",
        "TRUNCATE audit_authorship",
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            raw(attempt)
    assert Authorship.objects.filter(author=author).exists()


def test_only_what_was_written_since_the_last_approval_counts(stage: Stage, author: User) -> None:
    plan = _plan(stage, author)
    _target(stage, plan, author)
    _submit_plan(stage, plan, stage.analyst)
    PLAN.decided(plan, stage.approver)
    take_plan_step(plan=plan, name="revise", actor=stage.approver, on=START, reason="A new region")
    _indicator(stage, plan, stage.analyst)
    _submit_plan(stage, plan, stage.analyst)
    _refuses(PLAN, plan, stage.approver)
    assert PLAN.decided(plan, author)


def test_earlier_decider_may_decide_again(stage: Stage) -> None:
    period = _period(stage, stage.analyst)
    for name in ("return", "approve"):
        _submit_period(stage, period, stage.analyst)
        take_period_step(period=period, name=name, actor=stage.approver, on=LATER, reason="Check")
    take_period_step(period=period, name="reopen", actor=stage.approver, on=LATER, reason="A double count")
    _replaced(stage, period, stage.analyst)
    _submit_period(stage, period, stage.analyst)
    assert PERIOD.decided(period, stage.approver)


def test_pages_and_rest_say_what_the_account_wrote_before_anyone_decides(stage: Stage, author: User) -> None:
    amendment = _amendment(stage, stage.analyst)
    _outcome(stage, amendment, author)
    _submit_amendment(stage, amendment, stage.analyst)
    why = "You proposed a change on "
    assert why_not_decide(amendment, author).startswith(why)
    assert why_not_decide(amendment, stage.approver) == ""
    base = f"/partnerships/{amendment.partnership_id}/amendments/{amendment.number}/"
    for url in (base, f"{base}step/approve/"):
        page = client_of(author).get(url)
        assert why in page_text(page)
        assert "so an approver other than you must decide." in page_text(page)
    assert "must decide" not in page_text(client_of(stage.approver).get(base))
    waits = f"amendment-decide:{amendment.pk}"
    assert [waits in keys(person, LATER) for person in (author, stage.approver)] == [False, True]
    assert [waits in sent_keys(person, LATER) for person in (author, stage.approver)] == [True, False]
    steps = as_program(author).get(f"/api/v1{base}transitions/").json()["steps"]
    approve = next(step for step in steps if step["name"] == "approve")
    assert approve["allowed"] is False
    assert [finding["code"] for finding in approve["findings"]] == ["two_people", "clearance_text"]


def test_the_signature_names_what_the_account_wrote(stage: Stage, author: User) -> None:
    partnership = _draft(stage, stage.analyst)
    _objective(stage, partnership, author)
    _submit_terms(stage, partnership, stage.analyst)
    page = client_of(author).get(f"/partnerships/{partnership.pk}/step/sign/")
    assert f"You changed “{partnership.objectives.get()}” on " in page_text(page)
    waits = f"sign:{partnership.pk}"
    assert [waits in keys(person, START) for person in (author, stage.approver)] == [False, True]
