"""The list of pages: every page of the product in every state that looks different, for whom it looks different.

Screenshots are taken of them, and axe is run on them. A test fails where a page of the product is not in the list,
and where an account sees a page otherwise than every account for which it is listed.
"""

from __future__ import annotations

from collections.abc import Sequence

from cpc.accounts.permissions import Role
from indicators.models import NameMapping
from selection.models import CountryStatus
from tests.support.listed import (
    ADMINISTRATOR,
    ALL_ERRORS,
    ANALYST,
    APPROVER,
    BOTH,
    EMPTY,
    EVERYBODY,
    IMPORTING,
    OFFICE,
    OPEN,
    PROGRAM,
    RANKING,
    READING,
    REVIEWER,
    SCORES,
    VIEWER,
    VISITOR,
    Arguments,
    Listed,
    Shot,
    fill,
    press,
    pretend_earlier,
    tick,
    unfold,
    wait_for,
)
from tests.support.shots_of_backtest import BACKTEST
from tests.support.shots_of_comparing import COMPARING
from tests.support.shots_of_consultation import CONSULTATION
from tests.support.shots_of_decisions import DECISIONS
from tests.support.shots_of_how_sure import HOW_SURE
from tests.support.shots_of_life import LIFE
from tests.support.shots_of_models import MODELS
from tests.support.shots_of_notes import NOTES
from tests.support.shots_of_pool import POOL
from tests.support.shots_of_ratings import RATINGS
from tests.support.shots_of_rounds import ROUNDS
from tests.support.shots_of_terms import TERMS
from tests.support.shots_of_two_dates import TWO_DATES
from tests.support.shots_of_what_if import WHAT_IF
from tests.worlds.demonstration import Place


def _of(key: str) -> Arguments:
    return lambda scene: {"pk": scene.imports[key].pk}


def _country(status: CountryStatus) -> Arguments:
    return lambda scene: {"code": scene.country(status)}


def _partnership(key: str) -> Arguments:
    return lambda scene: {"pk": scene.partnerships[key].pk}


def _program(key: str) -> Arguments:
    return lambda scene: {"pk": scene.kept.programs[key].pk}


def _plan(key: str) -> Arguments:
    return lambda scene: {"pk": scene.kept.plans[key].pk}


def _step(key: str, name: str) -> Arguments:
    return lambda scene: {"pk": scene.partnerships[key].pk, "name": name}


def _person(key: str, **more: str) -> Arguments:
    return lambda scene: {"pk": scene.people[key].pk, **more}


def _agency(code: str) -> Arguments:
    return lambda scene: {"code": code}


def _mapping() -> NameMapping:
    return NameMapping.objects.live().get(name="Cabo Verd")


GHANA: Arguments = lambda scene: {"code": "GHA"}  # noqa: E731  # a table of short functions
CPI: Arguments = lambda scene: {"code": "cpi.score"}  # noqa: E731  # a table of short functions
FIRST_RUN: Arguments = lambda scene: {"pk": scene.runs[0].pk}  # noqa: E731  # a table of short functions
NEWEST_RUN: Arguments = lambda scene: {"pk": scene.runs[-1].pk}  # noqa: E731  # a table of short functions

KERNEL: Sequence[Listed] = (
    Listed("home", "home", EVERYBODY, BOTH),
    Listed("home-account-menu", "home", ANALYST, acts=(unfold("your account"),)),
    Listed("home-demonstration-notice", "home", VIEWER, acts=(unfold("Demonstration."),)),
    Listed("search", "search", VIEWER, BOTH),
    Listed("search-hits", "search", IMPORTING, BOTH, query="?q=gha"),
    Listed("search-many", "search", ANALYST, query="?q=tier"),
    Listed("search-nothing", "search", VIEWER, BOTH, query="?q=nothing+is+called+this"),
    Listed("search-too-short", "search", VIEWER, query="?q=g"),
    Listed("about-accessibility", "accessibility", OPEN),
    Listed("about-privacy", "privacy", VISITOR),
    Listed("about-what-is-real", "what-is-real", VISITOR),
    Listed("about-states", "states", VIEWER),
    Listed("audit", "audit", APPROVER, BOTH),
    Listed("audit-nothing", "audit", APPROVER, query="?actor=nobody-of-this-name"),
    Listed("audit-refused", "audit", APPROVER, ALL_ERRORS, query="?since=2026-11-21&until=2026-11-20", status=400),
    Listed("audit-entry", "audit-entry", APPROVER, BOTH, lambda scene: {"pk": scene.entry.pk}),
    Listed("api-documentation", "api-documentation", READING, acts=(unfold("/api/v1/observations/"),)),
    Listed("api-documentation-fields", "api-documentation", PROGRAM, query="#Observation"),
    Listed("api-console", "api-console", PROGRAM, acts=(wait_for("One country"),)),
    Listed("api-problems", "api-problems", (None, *PROGRAM)),
)

ACCOUNT: Sequence[Listed] = (
    Listed("sign-in", "account_login", VISITOR, BOTH),
    Listed(
        "sign-in-refused",
        "account_login",
        VISITOR,
        ALL_ERRORS,
        acts=(
            fill("Username", "analyst"),
            fill("Password", "wrong"),
            press("Sign in"),
            wait_for("You are not signed in."),
        ),
    ),
    Listed("sign-in-without-anything", "account_login", VISITOR, ALL_ERRORS, acts=(press("Sign in"),)),
    Listed("signed-out-by-the-way", "account_login", VISITOR, ALL_ERRORS, query="?next=/ranking/"),
    Listed("account-closed", "account_inactive", VISITOR, ALL_ERRORS),
    Listed("sign-out", "account_logout", ANALYST),
    Listed("tokens", "account-tokens", (*EVERYBODY, *PROGRAM)),
    Listed("tokens", "account-tokens", PROGRAM, (EMPTY,)),
    Listed("tokens-refused", "account-tokens", VIEWER, ALL_ERRORS, acts=(press("Issue the token"),)),
    Listed(
        "tokens-issued",
        "account-tokens",
        REVIEWER,
        acts=(
            fill("What it is for", "Weekly copy of the observations"),
            tick("Read observations, sources, indicators and countries"),
            press("Issue the token"),
            wait_for("Copy the token now"),
        ),
    ),
    Listed("tokens-of-all", "account-tokens-all", ADMINISTRATOR, BOTH),
    Listed("token-revoke", "account-token-revoke", VIEWER, arguments=lambda scene: {"pk": scene.tokens[0].pk}),
    Listed("token-revoked", "account-token-revoke", ADMINISTRATOR, arguments=lambda scene: {"pk": scene.tokens[1].pk}),
    Listed("password", "account_change_password", ANALYST),
    Listed("password-refused", "account_change_password", ANALYST, ALL_ERRORS, acts=(press("Change the password"),)),
)

ADMINISTRATOR_ITSELF: Arguments = lambda scene: {"pk": scene.users[Role.ADMINISTRATOR].pk}  # noqa: E731  # a table of short functions
LINK: Arguments = lambda scene: {"secret": scene.link}  # noqa: E731  # a table of short functions

PEOPLE: Sequence[Listed] = (
    Listed("people", "people", ADMINISTRATOR, BOTH),
    Listed("people-nothing", "people", ADMINISTRATOR, query="?q=nowhere"),
    Listed("people-refused", "people", ADMINISTRATOR, ALL_ERRORS, query="?state=asleep", status=400),
    Listed("people-invite", "people-invite", ADMINISTRATOR),
    Listed("people-invite-refused", "people-invite", ADMINISTRATOR, ALL_ERRORS, acts=(press("Send the invitation"),)),
    Listed("people-roles", "people-roles", ADMINISTRATOR),
    Listed("person", "person", ADMINISTRATOR, arguments=_person("active")),
    Listed("person-invited", "person", ADMINISTRATOR, arguments=_person("invited")),
    Listed("person-disabled", "person", ADMINISTRATOR, arguments=_person("disabled")),
    Listed("person-last-administrator", "person", ADMINISTRATOR, arguments=ADMINISTRATOR_ITSELF),
    Listed(
        "person-overtaken",
        "person",
        ADMINISTRATOR,
        ALL_ERRORS,
        _person("active"),
        acts=(pretend_earlier(), press("Save the account"), wait_for("Changed while you had the page open")),
    ),
    Listed("person-send-a-link", "person-step", ADMINISTRATOR, arguments=_person("invited", step="send")),
    Listed(
        "person-disable-refused",
        "person-step",
        ADMINISTRATOR,
        ALL_ERRORS,
        _person("active", step="disable"),
        acts=(press("Disable the account"), wait_for("Nothing was done.")),
    ),
    Listed("agencies", "agencies", ADMINISTRATOR, BOTH),
    Listed("agency", "agency", ADMINISTRATOR, arguments=_agency("dol")),
    Listed("agency-without-contact", "agency", ADMINISTRATOR, arguments=_agency("dhs")),
    Listed("agency-closed", "agency", ADMINISTRATOR, arguments=_agency("usaid")),
    Listed("agency-new", "agency-new", ADMINISTRATOR),
    Listed("agency-new-refused", "agency-new", ADMINISTRATOR, ALL_ERRORS, acts=(press("Add the agency"),)),
    Listed("agency-close", "agency-close", ADMINISTRATOR, arguments=_agency("dol")),
    Listed(
        "agency-close-refused",
        "agency-close",
        ADMINISTRATOR,
        ALL_ERRORS,
        _agency("dol"),
        acts=(press("Close the agency"), wait_for("Nothing was closed.")),
    ),
    Listed("agency-reopen", "agency-reopen", ADMINISTRATOR, arguments=_agency("usaid")),
    Listed("invitation", "invitation", VISITOR, arguments=LINK),
    Listed("invitation-refused", "invitation", VISITOR, ALL_ERRORS, LINK, acts=(press("Set the password"),)),
    Listed("invitation-void", "/account/invitation/used-up/", VISITOR, ALL_ERRORS, status=404),
    Listed("inbox", "inbox", (Role.ANALYST, *SCORES), BOTH),
    Listed("inbox-unread", "inbox", REVIEWER, query="?show=unread"),
    Listed("inbox-nothing-unread", "inbox", VIEWER, query="?show=unread"),
    Listed("inbox-mail", "inbox-preferences", EVERYBODY),
)

FAILURES: Sequence[Listed] = (
    Listed("400", "home", VIEWER, ALL_ERRORS, query="?colour=blue", status=400),
    Listed("403", "audit", REVIEWER, ALL_ERRORS, status=403),
    Listed("403-program", "home", PROGRAM, ALL_ERRORS, status=403),
    Listed("403-expired-form", "failing-expired", OPEN, ALL_ERRORS, status=403),
    Listed("404", "/no/such/page/", OPEN, ALL_ERRORS, status=404),
    Listed("404-program", "/no/such/page/", PROGRAM, ALL_ERRORS, status=404),
    Listed("404-hidden", "ranking", REVIEWER, ALL_ERRORS, status=404),
    Listed("429", "failing-too-often", VISITOR, ALL_ERRORS, status=429),
    Listed("500", "failing", VIEWER, ALL_ERRORS, status=500),
)

DATA: Sequence[Listed] = (
    Listed("sources", "sources", IMPORTING, BOTH),
    Listed("source", "source", IMPORTING, BOTH, lambda scene: {"key": "cpi"}),
    Listed("source-many-indicators", "source", VIEWER, arguments=lambda scene: {"key": "world_factbook"}),
    Listed("source-tip", "source", ANALYST, arguments=lambda scene: {"key": "tip"}),
    Listed("source-not-loaded", "source", ANALYST, arguments=lambda scene: {"key": "mcc"}),
    Listed("indicator", "indicator", VIEWER, BOTH, CPI),
    Listed("indicator-labels", "indicator", VIEWER, arguments=lambda scene: {"code": "tip.tier"}),
    Listed("indicator-money", "indicator", VIEWER, arguments=lambda scene: {"code": "wb.gni_per_capita"}),
    Listed("indicator-nothing", "indicator", VIEWER, arguments=CPI, query="?q=nowhere"),
    Listed("indicator-as-of", "indicator", VIEWER, arguments=CPI, query="?as_of=10"),
    Listed("indicator-before-it-was-known", "indicator", VIEWER, arguments=CPI, query="?as_of=1"),
    Listed("indicator-published-by", "indicator", VIEWER, arguments=CPI, query="?published_by=2020-01-01"),
    Listed("indicator-refused", "indicator", VIEWER, ALL_ERRORS, CPI, query="?as_of=x", status=400),
    Listed("observation", "observation", VIEWER, arguments=lambda s: {"pk": s.value("cpi.score", "GHA", "2025").pk}),
    Listed(
        "observation-label", "observation", VIEWER, arguments=lambda s: {"pk": s.value("tip.tier", "GHA", "2025").pk}
    ),
    Listed(
        "observation-held", "observation", IMPORTING, arguments=lambda s: {"pk": s.value("tip.tier", "GHA", "2009").pk}
    ),
    Listed("observation-missing", "observation", VIEWER, arguments=lambda s: {"pk": s.missing().pk}),
    Listed("observation-superseded", "observation", VIEWER, arguments=lambda s: {"pk": s.superseded().pk}),
    Listed("narratives", "narratives", IMPORTING, BOTH),
    Listed("narratives-nothing", "narratives", VIEWER, query="?q=nowhere"),
    Listed("narrative", "narrative", ANALYST, arguments=lambda s: {"pk": s.narratives[0].pk}),
    Listed("narrative-reviewed", "narrative", IMPORTING, arguments=lambda s: {"pk": s.narratives[-1].pk}),
)

KEPT: Sequence[Listed] = (
    Listed("programs", "programs", IMPORTING, BOTH),
    Listed("programs-nothing", "programs", VIEWER, query="?q=nowhere"),
    Listed("programs-running", "programs", VIEWER, query="?running_on=2025-06-30"),
    Listed("programs-refused", "programs", VIEWER, ALL_ERRORS, query="?sort=size", status=400),
    Listed("program", "program", (*IMPORTING, Role.VIEWER), arguments=_program("stands")),
    Listed("program-replaced", "program", VIEWER, arguments=_program("replaced")),
    Listed("program-withdrawn", "program", VIEWER, arguments=_program("withdrawn")),
    Listed("program-new", "program-new", ANALYST, BOTH),
    Listed("program-new-refused", "program-new", ANALYST, ALL_ERRORS, acts=(press("Add the program"),)),
    Listed("program-replace", "program-replace", ANALYST, arguments=_program("stands")),
    Listed("program-withdraw", "program-withdraw", ANALYST, arguments=_program("stands")),
    Listed(
        "program-withdraw-refused",
        "program-withdraw",
        ANALYST,
        ALL_ERRORS,
        _program("stands"),
        acts=(press("Withdraw the program"),),
    ),
    Listed("import-preview-programs", "import", ANALYST, arguments=_of("programs")),
    Listed("import-preview-programs-changed", "import", ANALYST, arguments=_of("programs"), query="?show=changed"),
    Listed("source-programs", "source", ANALYST, BOTH, lambda scene: {"key": "usg_programs"}),
    Listed("plans", "plans", IMPORTING, BOTH),
    Listed("plans-nothing", "plans", VIEWER, query="?q=nowhere"),
    Listed("plan", "plan", (*IMPORTING, Role.VIEWER), arguments=_plan("stands")),
    Listed("plan-expired", "plan", VIEWER, arguments=_plan("expired")),
    Listed("plan-new", "plan-new", ANALYST, BOTH),
    Listed("plan-new-refused", "plan-new", ANALYST, ALL_ERRORS, acts=(press("Add the plan"),)),
    Listed("plan-replace", "plan-replace", ANALYST, arguments=_plan("stands")),
    Listed("plan-withdraw", "plan-withdraw", ANALYST, arguments=_plan("stands")),
    Listed("recommendations", "recommendations", IMPORTING, BOTH, GHANA),
    Listed("recommendations-correct", "recommendations", ANALYST, arguments=GHANA, acts=(unfold("Correct"),)),
)

IMPORTS: Sequence[Listed] = (
    Listed("imports", "imports", IMPORTING, BOTH),
    Listed("imports-of-a-state", "imports", ANALYST, query="?state=failed"),
    Listed("imports-of-an-empty-state", "imports", ANALYST, (EMPTY,), query="?state=failed"),
    Listed("imports-refused", "imports", ANALYST, ALL_ERRORS, acts=(press("Receive the file"),)),
    Listed("import-received", "import", ANALYST, arguments=_of("received")),
    Listed("import-reading", "import", ANALYST, arguments=_of("reading")),
    Listed("import-preview", "import", ANALYST, arguments=_of("preview")),
    Listed("import-preview-changed", "import", ANALYST, arguments=_of("preview"), query="?show=changed"),
    Listed("import-preview-filtered", "import", ANALYST, arguments=_of("preview"), query="?q=nowhere"),
    Listed("import-preview-narrative", "import", ANALYST, arguments=_of("narrative")),
    Listed("import-preview-agreed", "import", ANALYST, arguments=_of("agreed")),
    Listed("import-preview-partial", "import", ANALYST, arguments=_of("partial")),
    Listed("import-preview-hopeless", "import", ANALYST, ALL_ERRORS, _of("hopeless")),
    Listed("import-failed", "import", ANALYST, ALL_ERRORS, _of("failed")),
    Listed("import-published", "import", IMPORTING, arguments=_of("published")),
    Listed("import-published-plain", "import", VIEWER, arguments=_of("plain")),
    Listed("import-retracted", "import", REVIEWER, arguments=_of("retracted")),
    Listed("import-discarded", "import", ANALYST, arguments=_of("discarded")),
    Listed("import-take-back", "import-take-back", ANALYST, arguments=_of("plain")),
    Listed(
        "import-take-back-refused",
        "import-take-back",
        ANALYST,
        ALL_ERRORS,
        _of("plain"),
        acts=(press("Take the import back"),),
    ),
    Listed("import-names", "import-names", ANALYST, arguments=_of("names")),
    Listed("import-names-none", "import-names", ANALYST, arguments=_of("agreed")),
    Listed("import-names-closed", "import-names", ANALYST, arguments=_of("published")),
    Listed(
        "import-names-refused",
        "import-names",
        ANALYST,
        ALL_ERRORS,
        _of("names"),
        acts=(press("Map Moldavia to this country"),),
    ),
    Listed("name-mappings", "name-mappings", IMPORTING, BOTH),
    Listed("name-mapping-withdraw", "name-mapping-withdraw", ANALYST, arguments=lambda scene: {"pk": _mapping().pk}),
    Listed(
        "name-mapping-withdraw-refused",
        "name-mapping-withdraw",
        ANALYST,
        ALL_ERRORS,
        lambda scene: {"pk": _mapping().pk},
        acts=(press("Withdraw the mapping"),),
    ),
    Listed("import-issues", "import-issues", REVIEWER, arguments=_of("published")),
    Listed("import-issues-many", "import-issues", ANALYST, arguments=_of("preview")),
    Listed("import-issues-nothing", "import-issues", ANALYST, arguments=_of("preview"), query="?severity=note"),
    Listed("import-issues-none", "import-issues", VIEWER, arguments=_of("plain")),
)

SELECTION: Sequence[Listed] = (
    Listed("ranking", "ranking", RANKING, BOTH),
    Listed("ranking-all", "ranking", VIEWER, query="?show=all"),
    Listed("ranking-map", "ranking", VIEWER, query="?view=map"),
    Listed("ranking-list", "ranking", VIEWER, query="?view=list"),
    Listed("ranking-columns", "ranking", VIEWER, query="?columns=score&columns=p10&columns=tier"),
    Listed("ranking-provisional", "ranking", VIEWER, query="?tab=provisional"),
    Listed("ranking-outside", "ranking", VIEWER, query="?tab=outside&show=all"),
    Listed("ranking-not-rankable", "ranking", VIEWER, query="?tab=not-rankable"),
    Listed("ranking-open", "ranking", VIEWER, query="?group=open&region=Africa"),
    Listed("ranking-one", "ranking", VIEWER, query="?q=ghana"),
    Listed("ranking-nothing", "ranking", VIEWER, query="?q=nowhere&group=in"),
    Listed("ranking-filtered", "ranking", VIEWER, query="?income=LM&tier=Tier+2&sort=-need"),
    Listed("ranking-earlier-run", "ranking", VIEWER, query="?run=1"),
    Listed("ranking-refused", "ranking", VIEWER, ALL_ERRORS, query="?sort=size", status=400),
    Listed("countries", "countries", SCORES, BOTH),
    Listed("countries-nothing", "countries", VIEWER, query="?q=nowhere"),
    Listed("countries-territories", "countries", VIEWER, query="?kind=territory"),
    Listed("country", "country", SCORES, BOTH, GHANA, acts=(unfold("Shown beside"),)),
    Listed("country-earlier-run", "country", VIEWER, arguments=GHANA, query="?run=1"),
    Listed("country-provisional", "country", SCORES, BOTH, _country(CountryStatus.PROVISIONAL)),
    Listed("country-not-rankable", "country", VIEWER, arguments=_country(CountryStatus.NOT_RANKABLE)),
    Listed("country-outside-pool", "country", VIEWER, BOTH, lambda scene: {"code": "ROU"}),
    Listed("country-not-listed", "country", VIEWER, arguments=_country(CountryStatus.NOT_LISTED)),
    Listed("country-not-a-candidate", "country", VIEWER, arguments=lambda scene: {"code": "USA"}),
    Listed("country-territory", "country", SCORES, arguments=lambda scene: {"code": "HKG"}),
    Listed("country-special-case", "country", VIEWER, arguments=lambda scene: {"code": "HTI"}),
    Listed("method", "method", SCORES, BOTH),
    Listed("runs", "runs", RANKING, BOTH),
    Listed("run", "run", VIEWER, arguments=NEWEST_RUN),
    Listed("run-first", "run", VIEWER, arguments=FIRST_RUN),
)

PARTNERSHIPS: Sequence[Listed] = (
    Listed("partnerships", "partnerships", RANKING, BOTH),
    Listed("partnerships-nothing", "partnerships", VIEWER, query="?q=nowhere"),
    Listed("partnerships-refused", "partnerships", VIEWER, ALL_ERRORS, query="?sort=size", status=400),
    Listed("partnership-documented", "partnership", VIEWER, arguments=_partnership("documented")),
    Listed("partnership-running", "partnership", OFFICE, arguments=_partnership("running")),
    Listed("partnership-draft", "partnership", OFFICE, arguments=_partnership("draft")),
    Listed("partnership-unconfirmed", "partnership", APPROVER, arguments=_partnership("bare")),
    Listed("origin-confirm", "partnership-origin-confirm", APPROVER, arguments=_partnership("bare")),
    Listed("partnership-new", "partnership-new", ANALYST, BOTH),
    Listed("partnership-new-refused", "partnership-new", ANALYST, ALL_ERRORS, acts=(press("Open the record"),)),
    Listed("partnership-edit", "partnership-edit", ANALYST, arguments=_partnership("draft")),
    Listed("partnership-edit-signed", "partnership-edit", ANALYST, arguments=_partnership("running")),
    Listed("partnership-step", "partnership-step", ANALYST, arguments=_step("draft", "invite")),
)

PAGES: Sequence[Listed] = (
    *KERNEL,
    *ACCOUNT,
    *PEOPLE,
    *FAILURES,
    *DATA,
    *KEPT,
    *IMPORTS,
    *SELECTION,
    *COMPARING,
    *BACKTEST,
    *PARTNERSHIPS,
    *TERMS,
    *LIFE,
    *ROUNDS,
    *CONSULTATION,
    *NOTES,
    *DECISIONS,
    *RATINGS,
    *MODELS,
    *POOL,
    *HOW_SURE,
    *WHAT_IF,
    *TWO_DATES,
)


def shots() -> list[Shot]:
    """Every page in every state for every visitor, the fresh database's first."""
    found = [shot for listed in PAGES for shot in listed.shots()]
    return sorted(found, key=lambda shot: shot.state.place is not Place.INSTALLATION)
