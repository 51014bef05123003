"""No one decides on what they wrote or changed in the selection: each decision, by its service and by SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cpc.accounts.models import User
from cpc.accounts.permissions import Role
from indicators.models import Country
from selection.decisions import services as decisions
from selection.decisions.memo import services as memo
from selection.decisions.memo.document import TEMPLATE
from selection.model_versions.services import adoptions, versions
from selection.models import Candidate, MemoTemplate, Recommendation, ScoringModel
from selection.pool import services as pool
from tests.partnerships.error_codes import db_error_code, error_codes, raw
from tests.partnerships.sending import client_of, page_text
from tests.selection.decisions.deliberating import in_deliberation
from tests.support import deciding
from tests.support.accounts import make_account, set_by_owner
from tests.support.criteria import unanswered
from tests.support.models import draft, weighing

pytestmark = [pytest.mark.django_db, pytest.mark.world("deliberation")]
TODAY = timezone.now().date()


@dataclass(frozen=True)
class Decision:
    """One thing that people decide on: how a person writes it, and another person's decision by service and SQL."""

    written: Callable[[User, User], Any]
    decided: Callable[[Any, User], object]
    sql: str
    page: str


def _draft(author: User, _other: User) -> ScoringModel:
    return draft(author)


def _edited(author: User, other: User) -> ScoringModel:
    """Edit another's draft, which a third person edits after that."""
    made = draft(other)
    for person, weight in ((author, 4), (other, 6)):
        made = versions.edit_model(model=made, change=weighing(made, "cpi", weight), actor=person)
    return made


def _published(write: Callable[[User, User], ScoringModel]) -> Callable[[User, User], ScoringModel]:
    def written(author: User, other: User) -> ScoringModel:
        publisher = make_account(Role.APPROVER, username="publisher")
        return versions.publish_model(model=write(author, other), actor=publisher)

    return written


def _rule(author: User, _other: User) -> Any:
    return pool.propose_policy(
        reason="high_income", puts_outside=[], in_force_from=TODAY, citation="A memo", why="A reason", actor=author
    )


def _admission(author: User, _other: User) -> Any:
    country = Country.objects.get(code="ROU")
    return pool.propose_admission(country=country, why="A reason", until=TODAY + dt.timedelta(days=90), actor=author)


def _template(author: User, _other: User) -> MemoTemplate:
    file = SimpleUploadedFile("memo.docx", TEMPLATE.read_bytes())
    return memo.take_template(file=file, note="", actor=author)


def _recommendation(author: User, _other: User) -> Recommendation:
    candidate = Candidate.objects.get(round=in_deliberation(), country__code="GHA")
    made = decisions.recommend(candidate=candidate, action="defer", rationale="Not yet", actor=author)
    deciding.memo_for(candidate.round, author)
    return made


PUBLISH = (
    "UPDATE selection_scoringmodel SET state = 'published', published_at = now(), published_by_id = {account} "
    "WHERE id = {key}"
)
ADOPT = (
    "INSERT INTO selection_adoption "
    "(model_id, reason, document, adopted_on, adopted_by_id, withdrawn_because, unanswered) "
    "VALUES ({key}, 'A reason', '', current_date, {account}, '', jsonb_build_object('dol', 'A reason'))"
)
DECIDE = "UPDATE {table} SET decision = 'approved', decided_by_id = {{account}}, decided_at = now() WHERE id = {{key}}"


def _publishes(row: Any, actor: User) -> object:
    return versions.publish_model(model=row, actor=actor)


def _adopts(row: Any, actor: User) -> object:
    return adoptions.adopt_model(model=row, reason="A reason", adopted_on=TODAY, actor=actor, unanswered=unanswered())


DECISIONS = {
    "publication, drafted": Decision(_draft, _publishes, PUBLISH, "/models/{key}/publish/"),
    "publication, edited before another's edit": Decision(_edited, _publishes, PUBLISH, "/models/{key}/publish/"),
    "adoption, drafted": Decision(_published(_draft), _adopts, ADOPT, "/models/{key}/adopt/"),
    "adoption, edited before another's edit": Decision(_published(_edited), _adopts, ADOPT, "/models/{key}/adopt/"),
    "rule of the pool": Decision(
        _rule,
        lambda row, actor: pool.decide_policy(policy=row, approve=True, actor=actor),
        DECIDE.format(table="selection_poolpolicy"),
        "/ranking/pool/rules/{key}/decide/",
    ),
    "admission": Decision(
        _admission,
        lambda row, actor: pool.decide_admission(admission=row, approve=True, actor=actor),
        DECIDE.format(table="selection_admission"),
        "/ranking/pool/admissions/{key}/decide/",
    ),
    "template of the memo": Decision(
        _template,
        lambda row, actor: memo.decide_template(template=row, approve=True, actor=actor),
        DECIDE.format(table="selection_memotemplate"),
        "/memo-templates/1/decide/",
    ),
    "recommendation": Decision(
        _recommendation,
        lambda row, actor: deciding.decide(recommendation=row, actor=actor),
        "INSERT INTO selection_decision (recommendation_id, candidate_id, memo_id, verdict, action, remarks, "
        "decided_by_id) SELECT r.id, r.candidate_id, m.id, 'approved', r.action, '', {account} "
        "FROM selection_recommendation r, selection_memo m WHERE r.id = {key} ORDER BY m.id DESC LIMIT 1",
        "/rounds/{round}/deliberation/gha/decide/",
    ),
}


@pytest.fixture
def people(deliberation: object) -> tuple[User, User, User]:
    """Return the author, who becomes an approver; another analyst; and an approver who wrote nothing."""
    author = make_account(Role.ANALYST, username="author")
    return author, make_account(Role.ANALYST, username="other"), make_account(Role.APPROVER, username="decides")


@pytest.mark.parametrize("thing", DECISIONS)
def test_author_of_any_part_cannot_decide(people: tuple[User, User, User], thing: str) -> None:
    decision, (author, other, approver) = DECISIONS[thing], people
    row = decision.written(author, other)
    set_by_owner(User.objects.filter(pk=author.pk), role=Role.APPROVER)
    author.refresh_from_db()
    assert error_codes(lambda: decision.decided(row, author)) == ["two_people"]
    statement = decision.sql.format(key=row.pk, account=author.pk)
    assert db_error_code(lambda: raw(statement)) == "two_people"
    url = decision.page.format(key=row.pk, round=in_deliberation().pk)
    assert "so an approver other than you must decide." in page_text(client_of(author).get(url))
    decision.decided(row, approver)


def test_sql_publishes_and_decides_only_for_an_approver(people: tuple[User, User, User]) -> None:
    author, other, _ = people
    for thing in ("publication, drafted", "recommendation"):
        decision = DECISIONS[thing]
        statement = decision.sql.format(key=decision.written(author, other).pk, account=other.pk)
        assert db_error_code(partial(raw, statement)) == "may_not_approve"


@pytest.mark.parametrize("column", ["drafted_by_id", "published_by_id"])
def test_sql_stores_no_published_version_of_a_person(people: tuple[User, User, User], column: str) -> None:
    statement = (
        'INSERT INTO selection_scoringmodel (key, number, title, note, state, "table", table_hash, published_at, '
        f"withdrawn_because, revision, {column}) SELECT 'another', 1, title, note, 'published', \"table\", table_hash, "
        f"now(), '', 0, {people[0].pk} FROM selection_scoringmodel LIMIT 1"
    )
    assert db_error_code(lambda: raw(statement)) == "two_people"
