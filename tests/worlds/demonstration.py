"""Two worlds for viewing pages: an installation without data, and the demonstration with imports in every state.

Everything is committed, because a live server reads it through its own connections.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from cpc.accounts.access_changes import AccessChange
from cpc.accounts.models import Agency, ApiToken, User
from cpc.accounts.permissions import Role
from cpc.accounts.scopes import Scope
from cpc.api_tokens.services import issue_token, revoke_token
from cpc.audit.models import AuditEntry
from cpc.demo import STEPS, DemoStep
from cpc.notifications.models import Notification
from cpc.notifications.services import mark_read, notify
from cpc.people import access_changes
from cpc.people.account_services import create_account
from cpc.people.notifications import AGENCY
from cpc.people.services import change_account, disable, invite
from cpc.retention.models import LegalHold
from cpc.saved_views.models import SavedViewVersion
from cpc.saved_views.services import decide as decide_view
from cpc.saved_views.services import save_view
from cpc.webhooks.models import Webhook
from indicators.imports.publishing import discard, retract
from indicators.imports.reading import process
from indicators.imports.receiving import receive_path
from indicators.models import Country, Import, ImportState, Narrative, Observation, Source, Update, Verdict
from indicators.name_mappings.services import map_name, withdraw_mapping
from indicators.narrative_reviews.services import review_form
from indicators.observations.services import record_unpublished, withdraw_unpublished
from partnerships.limit_exceptions.services import propose_policy
from partnerships.limits import add_months
from partnerships.models import LedgerKind, OfficeIndicator, Partnership
from partnerships.monitoring.services.library import add_office_indicator
from selection.models import CountryScore, CountryStatus, Scenario, ScoreRun, ScoringModel
from selection.runs.queries.stored_runs import newest_run
from selection.runs.services import compute_screen
from tests.cpc.people.grants import granted_and_asking
from tests.cpc.retention.made import made_holds
from tests.cpc.webhooks.made import made_webhooks
from tests.support.consulting import Consulted, consulted
from tests.support.curated import NO_CURATED_ROWS, CuratedRows, follow, record_curated_rows, sent_again
from tests.support.deliberated import Deliberated, deliberated
from tests.support.failed_tasks import made_failed_tasks
from tests.support.models import versions
from tests.support.noting import Noted, noted
from tests.support.pages import NARRATIVE, a_snapshot, previewed, published, tiers
from tests.support.passkeys import give_app, give_passkey
from tests.support.pool import Pooled, pooled
from tests.support.rankings import publish_values, value
from tests.support.rating import Rated
from tests.support.rating import rated as rated_round
from tests.support.scenarios import stored_scenario
from tests.support.tier_sittings import DrawnSitting, drawn_sitting
from tests.support.updates import made_updates
from tests.support.weighing import Weighed, weighed
from tests.worlds.partnerships import rich
from tests.worlds.partnerships.build import Stage as Office
from tests.worlds.partnerships.clearing import in_clearance
from tests.worlds.partnerships.life import live

LONG = "a_file_name_that_a_publisher_would_hardly_choose_but_somebody_renamed_it_like_this_2026_final_v2.csv"
LONG_COUNTRY = "The Grand and Sovereign Duchy of Ruritania and its Islands"
TIERS_OF_2025 = (
    ("GHA", "Ghana", "Tier 2"),
    ("XKX", "Kosovo", "Tier 1"),
    ("CIV", "Côte d\N{RIGHT SINGLE QUOTATION MARK}Ivoire", "Tier 2 Watch List"),
    ("COD", "Democratic Republic of the Congo", "2WL"),
    ("PRK", "North Korea", "Tier 3"),
    ("HTI", "Haiti", "Special Case"),
    ("", LONG_COUNTRY, "Tier 1"),
    ("", "Atlantis", "Tier 2"),
    ("GHA", "Ghana", "Tier 2"),
    ("NER", "Niger", "Tier 9"),
)
NAMES = ("Cabo Verd", "Sub-Saharan Africa", "Moldavia", "Nigeer", "East and South Africa Region", LONG_COUNTRY)
SECOND_NARRATIVE = (
    "COTE D'IVOIRE (Tier 2)\n"
    "The Government of Cote d'Ivoire does not fully meet the minimum standards for the elimination of trafficking but "
    "is making significant efforts to do so; therefore Cote d'Ivoire remained on Tier 2.\n"
    "PRIORITIZED RECOMMENDATIONS:\n"
    "Keep the sample register complete.\n"
    "Fund the sample shelters in every district, among them those that are far from the capital and hard to reach "
    "in the months of the rains.\n"
    "PROSECUTION\n"
    "The government increased its sample efforts.\n"
    "PROTECTION\n"
    "The government maintained its sample efforts.\n"
    "PREVENTION\n"
    "The government decreased its sample efforts.\n"
    "TRAFFICKING PROFILE\n"
    "Traffickers exploit children in forced begging and on cocoa farms. They exploit girls in domestic servitude. "
    "Boys work in artisanal mines under conditions of forced labor.\n"
)


class WorldName(enum.StrEnum):
    """Name of the world in which a page is viewed."""

    INSTALLATION = "installation"
    DEMONSTRATION = "demonstration"


@dataclass(frozen=True)
class Scene:
    """Records of a world that URLs of pages need as arguments."""

    users: Mapping[Role, User]
    imports: Mapping[str, Import]
    narratives: tuple[Narrative, ...]
    runs: tuple[ScoreRun, ...]
    tokens: tuple[ApiToken, ...]
    partnerships: Mapping[str, Partnership]
    entry: AuditEntry
    webhooks: tuple[Webhook, ...] = ()
    holds: tuple[LegalHold, ...] = ()
    failed: tuple[int, ...] = ()
    people: Mapping[str, User] = field(default_factory=dict)
    access: Mapping[str, AccessChange] = field(default_factory=dict)
    passkey: int = 0
    """The key of the viewer's passkey. The viewer also has an authenticator app."""
    views: Mapping[str, SavedViewVersion] = field(default_factory=dict)
    link: str = ""
    """The secret of an open invitation."""
    curated: CuratedRows = NO_CURATED_ROWS
    asked: Consulted | None = None
    written: Noted | None = None
    thought: Deliberated | None = None
    judged: Rated | None = None
    models: Mapping[str, ScoringModel] = field(default_factory=dict)
    drawn: Pooled | None = None
    scenarios: tuple[Scenario, ...] = ()
    weights: Weighed | None = None
    updates: Mapping[str, Update] = field(default_factory=dict)
    confirmed: DrawnSitting | None = None

    @property
    def sitting(self) -> DrawnSitting:
        """Return the sitting on tiers whose spot check is open."""
        assert self.confirmed is not None
        return self.confirmed

    @property
    def consulted(self) -> Consulted:
        """Return the consultation of the demonstration; an installation without data has none."""
        assert self.asked is not None
        return self.asked

    @property
    def noted(self) -> Noted:
        """Return the notes of that consultation."""
        assert self.written is not None
        return self.written

    @property
    def deliberated(self) -> Deliberated:
        """Return the rounds in deliberation and after it."""
        assert self.thought is not None
        return self.thought

    @property
    def rated(self) -> Rated:
        """Return the round whose candidates are rated."""
        assert self.judged is not None
        return self.judged

    @property
    def pool(self) -> Pooled:
        """Return the proposals and admissions of the pool, and the adoption of the model."""
        assert self.drawn is not None
        return self.drawn

    def value(self, code: str, country: str, period: str) -> Observation:
        """Return the current value of an indicator, country, and period."""
        return Observation.objects.live().get(indicator__code=code, country__code=country, period=period)

    def missing(self) -> Observation:
        """Return a value that the publisher leaves out, with its missing reason."""
        return Observation.objects.live().exclude(missing="").order_by("pk")[0]

    def superseded(self) -> Observation:
        """Return a value that a later edition replaced."""
        return Observation.objects.filter(valid_to__isnull=False).order_by("pk")[0]

    def country(self, status: CountryStatus) -> str:
        """Return the code of a country with this status in the newest run, or of any country if there is no run."""
        if not self.runs:
            return "ALB"
        scores = CountryScore.objects.filter(run=self.runs[-1], status=status).order_by("country__name")
        return scores.values_list("country__code", flat=True)[0]


def installation(_folder: Path) -> Scene:
    """Make accounts, and nothing else: an installation before its first import."""
    _run(step for step in STEPS.sorted(lambda step: step.order) if step.label == "Accounts")
    return Scene(_users(), {}, (), (), (), {}, AuditEntry.objects.latest("pk"))


def newcomers(_folder: Path) -> ScoreRun:
    """Load a new installation: accounts, shipped facts, a first ranking, a round, and real partnerships."""
    call_command("load_demo", stdout=StringIO())
    shipped = newest_run()
    assert shipped is not None
    return shipped


def demonstration(folder: Path) -> Scene:
    """Add a second ranking on later values, imports in every state, narratives, rounds and partnerships."""
    first = newest_run()
    assert first is not None
    later = [value("cpi.score", code, "2025", score, error="2.5") for code, score in (("GHA", "60"), ("KEN", "20"))]
    publish_values(folder / "later", later, edition="2026")
    second = compute_screen(actor=None)
    users = _users()
    narratives = _narratives(folder, users[Role.ANALYST])
    _unpublished(users[Role.ANALYST])
    curated = record_curated_rows(folder / "kept", users[Role.ANALYST])
    follow(narratives[0].country, users[Role.ANALYST])
    imports = _imports(folder, users[Role.ANALYST])
    imports["programs"] = sent_again(folder / "kept")
    tokens = _tokens(users)
    webhooks = made_webhooks(users)
    give_app(users[Role.VIEWER])
    partnerships = _partnerships(users)
    holds = made_holds(users, next(iter(partnerships.values())))
    entry = AuditEntry.objects.latest("pk")
    people, link = _people(users[Role.ADMINISTRATOR])
    people["asked"], access = _access_changes(users)
    people["program"], access["grant"] = granted_and_asking()
    views = _views(users)
    asked = consulted(users)
    written = noted(asked.round, users)
    made = versions(users[Role.ANALYST])
    updates = made_updates(users[Role.ANALYST])
    return Scene(
        users=users,
        imports=imports,
        updates=updates,
        narratives=narratives,
        runs=(first, second),
        tokens=tokens,
        webhooks=webhooks,
        holds=holds,
        failed=made_failed_tasks(),
        partnerships=partnerships,
        entry=entry,
        people=people,
        access=access,
        passkey=give_passkey(users[Role.VIEWER], "Security key on my key ring").pk,
        views=views,
        link=link,
        curated=curated,
        asked=asked,
        written=written,
        thought=deliberated(users),
        judged=rated_round(users),
        models=made,
        drawn=pooled(users[Role.ANALYST], users[Role.APPROVER]),
        scenarios=(
            stored_scenario(users[Role.ANALYST]),
            stored_scenario(users[Role.ANALYST], "Sample: for my eyes", shared=False),
        ),
        weights=weighed(users[Role.ANALYST], users[Role.REVIEWER], on=made["draft"]),
        confirmed=drawn_sitting(users[Role.ANALYST], User.objects.get(username="analyst-2")),
    )


def _run(steps: Iterable[DemoStep]) -> None:
    for step in steps:
        step.run(lambda done, total: None)


def _users() -> dict[Role, User]:
    return {Role(user.role): user for user in User.objects.order_by("-pk")}


def _tokens(users: Mapping[Role, User]) -> tuple[ApiToken, ...]:
    """Issue an active token and a revoked one."""
    read = [Scope.OBSERVATIONS_READ, Scope.RANKINGS_READ]
    used = issue_token(owner=users[Role.VIEWER], name="Nightly copy", scopes=read, days=90).token
    leaked = issue_token(owner=users[Role.API_CLIENT], name="Test of the interface", scopes=read, days=30).token
    return used, revoke_token(token_id=leaked.pk, actor=users[Role.ADMINISTRATOR])


def _people(administrator: User) -> tuple[dict[str, User], str]:
    """Create an account in each state, and notify a reviewer.

    Returns the accounts by name and the secret of the open invitation.
    """
    dhs = Agency.objects.get(code="dhs")
    invited = invite(
        username="reviewer-dhs",
        name="Reviewer, Department of Homeland Security",
        email="reviewer-dhs@cpc.example",
        role=Role.REVIEWER,
        agency=dhs,
        is_contact=True,
        actor=administrator,
    )
    link = str(mail.outbox[-1].body).partition("/account/invitation/")[2].partition("/")[0]
    disabled = create_account(
        username="former-viewer", name="Former viewer", role=Role.VIEWER, password=LONG, actor=administrator
    )
    disable(account_id=disabled.pk, reason="Went to another office", actor=administrator)
    drafter = User.objects.get(username="reviewer-dol")
    for is_contact in (False, True):
        change_account(
            account_id=drafter.pk, values={"is_contact": is_contact}, expected_revision=None, actor=administrator
        )
    notify(
        recipients=[drafter],
        kind=AGENCY,
        values={"agency": "Department of Labor, Bureau of International Labor Affairs"},
        link="/",
        target=drafter,
        dedupe="scene",
        actor=administrator,
    )
    mark_read(notification_id=Notification.objects.latest("pk").pk, user=drafter)
    return {"invited": invited, "disabled": disabled, "active": drafter}, link


def _access_changes(users: Mapping[Role, User]) -> tuple[User, dict[str, AccessChange]]:
    """Ask for changes that take two people, one of which is refused. Returns an account with one that waits."""
    administrator = users[Role.ADMINISTRATOR]
    account = create_account(
        username="deputy", name="Deputy", role=Role.ANALYST, password=None, actor=None, email="deputy@cpc.example"
    )
    refused = access_changes.ask_to_invite(
        username="second-administrator",
        name="Second administrator",
        email="second-administrator@cpc.example",
        role=Role.ADMINISTRATOR,
        agency=None,
        is_contact=False,
        actor=administrator,
    )
    access_changes.refuse(change_id=refused.pk, actor=users[Role.APPROVER])
    waiting = access_changes.ask_to_change(
        account_id=account.pk,
        values={"role": Role.APPROVER, "email": "deputy-director@cpc.example"},
        expected_revision=None,
        actor=administrator,
    )
    return account, {"waiting": waiting, "refused": refused}


def _views(users: Mapping[Role, User]) -> dict[str, SavedViewVersion]:
    """Save a view of partnerships for each audience, and one that waits for consent."""
    over = "attention=exception&columns=status,starts,ends,planned,stated,over-the-limit-by"

    def save(name: str, audience: str, query: str = over, owner: Role = Role.ANALYST) -> SavedViewVersion:
        return save_view(owner=users[owner], list_key="partnerships", name=name, parameters=query, audience=audience)

    decided = save("In force", "everyone", "group=in_force")
    decide_view(version=decided, consents=True, actor=users[Role.APPROVER])
    return {
        "office": save("Over a limit", "office"),
        "everyone": decided,
        "private": save("My calls this month", "private", "q=a"),
        "waiting": save("Before signature", "everyone", "group=preparing"),
        "viewers": save("Ended", "private", "group=over", Role.VIEWER),
    }


def _partnerships(users: Mapping[Role, User]) -> dict[str, Partnership]:
    """Make partnerships in different states: documented, in force with money, in draft, and others."""
    today = timezone.now().date()
    office = Office(analyst=users[Role.ANALYST], approver=users[Role.APPROVER])
    start = add_months(today, -36)
    running = rich.begin(office, "KEN", start, today + timedelta(days=90))
    award = office.award(running, "3000000.00")
    office.move(award, LedgerKind.OBLIGATION, "2000000.00", on=start)
    office.move(award, LedgerKind.DISBURSEMENT, "1500000.00", on=start)
    rich.fill_money(office, running, award, today)
    draft = office.draft("NGA", starts_on=today, ends_on=add_months(today, 48))
    rich.add_programs(office, draft)
    propose_policy(
        effective_from=today + timedelta(days=60),
        term_months=60,
        funding=Decimal("6000000.00"),
        citation="A fact sheet to come",
        actor=users[Role.ANALYST],
    )
    add_office_indicator(
        entry=OfficeIndicator(
            code="OFFICE-1",
            title="Cases opened",
            definition="Counted once, on the day the prosecutor opens the case",
            level="outcome",
            paradigm="prosecution",
            measure="things",
            unit="cases",
            accumulation="sum",
        ),
        actor=users[Role.ANALYST],
    )
    return {
        "life": live(office, "TZA"),
        "documented": Partnership.objects.get(country__code="PER"),
        "concerned": Partnership.objects.get(country__code="CIV", kind="documented"),
        "sample": Partnership.objects.get(kind="sample"),
        "running": running,
        "draft": draft,
        "clearing": in_clearance(office, "MDG", today),
        "bare": office.draft("UGA", starts_on=today, ends_on=add_months(today, 48), is_confirmed=False),
    }


def _narratives(folder: Path, analyst: User) -> tuple[Narrative, ...]:
    found = []
    for name, text in (("ghana_2023.txt", NARRATIVE), ("cote_divoire_2023.txt", SECOND_NARRATIVE)):
        batch = published(folder, text, name)
        found.append(Narrative.objects.live().get(batch=batch))
    verdicts = (Verdict.CONFIRMED, Verdict.REJECTED)
    for form, verdict in zip(found[-1].forms.order_by("ordinal"), verdicts, strict=False):
        review_form(form_id=form.pk, verdict=verdict, reviewer=analyst)
    return tuple(found)


def _unpublished(analyst: User) -> None:
    """Record that an edition is not published, and one more statement that is withdrawn."""
    today = timezone.now().date()
    for key, edition, evidence in (("ilab", "2023", "looked at dol.gov/agencies/ilab"), ("tip", "2026", "state.gov")):
        source = Source.objects.get(key=key)
        made = record_unpublished(source=source, edition=edition, as_of=today, evidence=evidence, actor=analyst)
    withdraw_unpublished(statement=made, reason="The address was that of another report", actor=analyst)


def _imports(folder: Path, analyst: User) -> dict[str, Import]:
    """Make one import for each state and kind of preview, and before them name mappings, one of them withdrawn."""
    ghana = ("GHA", "Ghana", "Tier 2")
    map_name(source=_tip(), name="Cabo Verd", meaning="country", country=_country("CPV"), actor=analyst)
    map_name(source=_tip(), name="Sub-Saharan Africa", meaning="group", actor=analyst)
    once, _ = map_name(source=_tip(), name="Moldavia", meaning="country", country=_country("LVA"), actor=analyst)
    withdraw_mapping(mapping=once, reason="The publisher means Moldova", actor=analyst)
    names = (ghana, *(("", name, "Tier 2") for name in NAMES))
    found = {
        "names": previewed(folder, tiers(*names, year=2010), "tiers_2010.csv"),
        "named": published(folder, tiers(("", "Cabo Verd", "Tier 1"), year=2003), "tiers_2003.csv"),
        "published": published(folder, tiers(ghana, ("", LONG_COUNTRY, "Tier 1"), year=2009), LONG),
        "plain": published(folder, tiers(ghana, year=2008), "tiers_2008.csv"),
        "retracted": published(folder, tiers(ghana, year=2007), "tiers_2007.csv"),
        "discarded": previewed(folder, tiers(ghana, year=2006), "tiers_2006.csv"),
        "failed": previewed(folder, "no,table\nof,ours\n", "somebody_elses_table.csv"),
        "hopeless": previewed(folder, tiers(("", "Atlantis", "Tier 2")), "tiers_of_atlantis.csv"),
        "agreed": previewed(folder, tiers(ghana, year=2008) + "\n", "tiers_2008_again.csv"),
        "received": _received(folder, "tiers_2005.csv", 2005),
        "reading": _received(folder, "tiers_2004.csv", 2004),
    }
    retract(batch_id=found["retracted"].pk, actor=analyst, reason="The file was of the wrong year")
    discard(batch_id=found["discarded"].pk, actor=analyst)
    # The state while another process reads the file: no service leaves an import in it.
    Import.objects.filter(pk=found["reading"].pk).update(state=ImportState.READING, stage="read", progress=55)
    publish_values(folder / "since", [value("cpi.score", "TGO", "2025", "30", error="2.5")], edition="2027")
    found["preview"] = previewed(folder, tiers(*TIERS_OF_2025, year=2025), "tiers_2025.csv")
    partial = receive_path(path=a_snapshot(folder), actor=None).batch
    found["partial"] = process(batch_id=partial.pk, actor=None)
    found["narrative"] = previewed(
        folder, NARRATIVE.replace("GHANA", "KENYA").replace("Ghana", "Kenya"), "kenya_2023.txt"
    )
    for batch in found.values():
        batch.refresh_from_db()
    return found


def _tip() -> Source:
    return Source.objects.get(key="tip")


def _country(code: str) -> Country:
    return Country.objects.get(code=code)


def _received(folder: Path, name: str, year: int) -> Import:
    path = folder / name
    path.write_text(tiers(("GHA", "Ghana", "Tier 2"), year=year), encoding="utf-8")
    return receive_path(path=path, actor=None).batch
