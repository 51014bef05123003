"""Page cases checked against the product: one per page, true for each account, and axe sees every template."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from cpc.accounts.permissions import Role
from cpc.site import queue
from cpc.web.pages import all_pages
from tests.browser.shared_templates import representatives
from tests.security.crawl import no_contexts, quiet
from tests.security.expected_table import addresses, read_table
from tests.support.all_cases import cases, looks, shots
from tests.support.page_cases import Look, State
from tests.worlds.databases import Clones
from tests.worlds.demonstration import Scene, WorldName

pytestmark = pytest.mark.world("demonstration")

SHOTS = shots()

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

OTHERWISE = {
    "selection/ranking/ranking_empty.html": "of a world without data, where axe looks at each address",
    "selection/what_if/unasked.html": "of a world without data, where axe looks at each address",
    "selection/what_it_takes/unasked.html": "of a world without data, where axe looks at each address",
    "selection/how_sure/how_sure_none.html": "of a world without data, where axe looks at each address",
    "indicators/tier_confirmations/none.html": "of a world without data, where axe looks at each address",
    "selection/model_versions/adopt.html": "of a world without data, where axe looks at each address",
    "account/openid/refused.html": "after a provider's answer, in tests/browser/test_openid.py",
    "account/openid/signed_out.html": "after a sign-in through a provider, in tests/browser/test_openid.py",
    "errors/upload.html": "after a scanner found something, in tests/browser/test_uploads.py",
    "identity/second_step.html": "of a sign-in that has begun, in tests/browser/test_identity.py",
    "identity/recovery_codes.html": "after a form was sent, at the look `codes-renewed`",
    "partnerships/record_export/index.html": "in the ZIP of a partnership, in tests/browser/test_record_export.py",
    "partnerships/agreements/new_from_decision.html": "reached by a link on the page `partnership-from-decision`",
}
"""Templates that axe checks in other tests."""

PARTS = re.compile(r"(?:^|/)_|^components/|^django/|^(?:\w+/)*base\w*\.html$")
"""Pattern of templates that other templates include or extend."""

GROWING = "audit"
"""The page that grows when other pages are opened: it tells which evidence was stored, and who opened it."""

CHANGING = re.compile(
    r'(?:name="csrfmiddlewaretoken"|name="idempotency_key") value="[\w-]+"'
    r'|<code class="u-break">[A-Z2-7 ]+</code>|<svg class="c-qr".*?</svg>|<time .*?</time>'
    r'|<script id="passkey-options".*?</script>',
    re.DOTALL,
)
"""Parts of a page that change with each response: tokens, keys of apps, challenges of passkeys, and moments."""

Get = Callable[[Role | None, str], Any]


@pytest.fixture(scope="module")
def scene(
    own_database: None, clones: Clones, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    """Return the demonstration, with its files and the records of all looks."""
    folder = tmp_path_factory.mktemp("listed")
    clones.copy_files(folder)
    settings = override_settings(MEDIA_ROOT=folder, ROOT_URLCONF="tests.support.failing")
    with django_db_blocker.unblock(), settings, quiet():
        found: Scene = clones.contents()
        for shot in SHOTS:
            if shot.state.world_name is WorldName.DEMONSTRATION:
                shot.url(found)  # some add a record of their own, which shows on pages that are kept
        yield found


@pytest.fixture(scope="module")
def get(scene: Scene) -> Get:
    """Return a function that gives an account's response at a URL, requested once."""
    clients: dict[Role | None, Client] = {None: Client(raise_request_exception=False)}
    for role in Role:
        clients[role] = Client(raise_request_exception=False)
        clients[role].force_login(scene.users[role])
    known: dict[tuple[Role | None, str], Any] = {}

    def ask(role: Role | None, url: str) -> Any:
        if url.startswith(reverse(GROWING)):
            with transaction.atomic():  # a refusal is an entry as well, and would show to whoever comes next
                known[role, url] = clients[role].get(url)
                transaction.set_rollback(True)
        elif (role, url) not in known:
            known[role, url] = clients[role].get(url)
            if known[role, url].status_code == 302:  # its message would show on whichever page comes next
                clients[role].get(known[role, url].headers["Location"])
        return known[role, url]

    return ask


def test_every_page_has_one_case_and_every_case_a_page() -> None:
    names = [case.name for case in cases()]
    assert [name for name in set(names) if names.count(name) > 1] == []
    without = {page.name for page in all_pages()} - set(names)
    assert not without, f"Add a PageCase in the page_cases.py of the room: {', '.join(sorted(without))}"
    unknown = set(names) - {address.name for address in addresses()}
    assert not unknown, f"These cases have no page and no endpoint: {', '.join(sorted(unknown))}"


def test_every_page_of_the_product_is_looked_at() -> None:
    listed = {look.address for look in looks()}
    no_pages = {case.name for case in cases() if case.no_page}
    pages = {
        name
        for name, rows in read_table().items()
        if not name.startswith("api:") and any("GET" in row.methods and "200" in row.answers for row in rows)
    }
    missing = sorted(pages - listed - no_pages)
    assert not missing, f"Give the cases of these pages `looks`, or a reason as `no_page`: {', '.join(missing)}"
    assert no_pages <= pages - listed, "a case with `no_page` has looks, or its page does not answer"


def test_every_name_is_one_picture() -> None:
    names = [str(shot) for shot in SHOTS]
    assert sorted(names) == sorted(set(names))


def test_page_without_arguments_is_listed_in_an_empty_database() -> None:
    about_data = {
        "home",
        "search",
        "ranking",
        "how-sure",
        "compare-countries",
        "backtest",
        "countries",
        "method",
        "runs",
        "sources",
        "imports",
        "narratives",
        "partnerships",
        "audit",
    }
    empty = {entry.address for entry in looks() if State.EMPTY in entry.states}
    assert about_data <= empty


def test_axe_looks_at_every_template_every_time(scene: Scene, get: Get) -> None:
    there = [shot for shot in SHOTS if shot.state.world_name is WorldName.DEMONSTRATION]
    pages = [get(shot.role, shot.url(scene)) for shot in representatives(there)]
    looked_at = {template.name for page in pages for template in page.templates}
    existing = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}
    missed = {name for name in existing - looked_at if not PARTS.search(name)} - OTHERWISE.keys()
    assert not missed, f"List a page of each, or add it to OTHERS in tests/browser/shared_templates.py: {missed}"


@pytest.mark.parametrize("every", [2, pytest.param(1, marks=pytest.mark.wide)])
def test_listed_role_represents_all_roles_with_the_same_page(scene: Scene, get: Get, every: int) -> None:
    """Request every second page with one look for all its accounts, and all other pages; as `wide`, all pages."""
    by_address: dict[str, list[Look]] = {}
    for entry in looks():
        if State.POPULATED in entry.states and (len(entry.roles) > 1 or entry.address not in by_address):
            by_address.setdefault(entry.address, []).append(entry)
    wrong = []
    single = [address for address, entries in by_address.items() if len(entries) == 1]
    for address in by_address.keys() - {address for number, address in enumerate(single) if number % every}:
        entries = by_address[address]
        listed = {role for entry in looks() if entry.address == address for role in entry.roles if role is not None}
        if not listed:
            continue
        with no_contexts():
            wrong += _seen_otherwise(get, entries, scene, listed)
    assert not wrong, "Seen otherwise than listed; add the role to a look of its case:\n" + "\n".join(wrong)


def _seen_otherwise(get: Get, entries: list[Look], scene: Scene, listed: set[Role]) -> list[str]:
    """Return the first difference of each role that may see a page, and sees it as none of the listed roles does."""
    seen = {role: [_main(get, role, entry, scene) for entry in entries] for role in Role}
    shown = [[""] * len(entries), *(seen[role] for role in listed)]
    return [
        f"{entries[0].address} as {role.value}, not {other.value}: {_first_difference(seen[role], seen[other])}"
        for role in Role
        if seen[role] not in shown
        for other in listed
    ]


def _first_difference(one: list[str], other: list[str]) -> str:
    mine, theirs = "\n".join(one).splitlines(), "\n".join(other).splitlines()
    pairs = zip_longest(mine, theirs, fillvalue="")
    return next(f"{here.strip()!r} against {there.strip()!r}" for here, there in pairs if here != there)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.API_CLIENT])
def test_every_row_of_a_queue_opens_for_its_account(scene: Scene, get: Get, role: Role) -> None:
    desk = queue.Desk(scene.users[role], timezone.now().date(), 1000, is_whole=True)
    found = queue.queue_of(desk)
    waiting = [item for section in found.sections() for item in section.items]
    urls = [item.url for item in waiting]
    urls += [row.url for row in queue.waiting_on_others(desk).items]
    urls += [row.url for row in queue.coming_up(desk)]
    assert urls
    wrong = {url: answer for url in urls if (answer := get(role, url).status_code) != 200}
    assert not wrong


def _main(get: Get, role: Role, entry: Look, scene: Scene) -> str:
    """Return the page's main part without its account's name and what changes each time; "" if it may not be seen."""
    response = get(role, next(entry.shots()).url(scene))
    if response.status_code != entry.status:
        return ""
    html = response.content.decode()
    main = re.search(r"<main\b.*</main>", html, re.DOTALL)
    owner = f'<p class="c-head__kicker">{scene.users[role].name}</p>'
    return CHANGING.sub("", main[0] if main else html).replace(owner, "")
