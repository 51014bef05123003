"""Updates of the demonstration, in each of their states."""

from __future__ import annotations

from collections.abc import Mapping

from cpc.accounts.models import User
from indicators.imports.reading import process
from indicators.models import Update
from indicators.publications.numbering import current
from indicators.updates import services
from indicators.updates.bundling import Sent
from indicators.updates.effects import Asked
from indicators.updates.queries import files_of
from selection.update_effect.services import ask, compute

HEADER = "report_year,iso3,country,tier\n"


def tier_file(name: str, *rows: tuple[int, str, str, str]) -> Sent:
    content = (HEADER + "".join(",".join(map(str, row)) + "\n" for row in rows)).encode()
    return Sent(name, len(content), [content])


def received(*files: Sent, actor: User | None, read: bool = True) -> Update:
    update, fresh = services.receive(sent=files, actor=actor)
    for batch in fresh if read else ():
        process(batch_id=batch.pk, actor=actor)
    return update


def with_effect(update: Update) -> Update:
    """Compute the effect of an update as a worker does."""
    files = files_of(update)
    effect = ask(Asked(update, files.ticked, files.ready, current()), None)
    if effect is not None:
        compute(effect.pk, files.ready)
    return update


def made_updates(analyst: User) -> Mapping[str, Update]:
    """Make an update in each state; the one that is open has an effect on the ranking."""
    page = b"<!DOCTYPE html><html><body>Sign in to download</body></html>"
    published = received(
        tier_file("tiers_2012.csv", (2012, "GHA", "Ghana", "Tier 2")),
        tier_file("tiers_2013.csv", (2013, "GHA", "Ghana", "Tier 2")),
        actor=analyst,
    )
    services.publish_update(update=published, imports=files_of(published).ticked, number=current(), actor=analyst)
    discarded = received(tier_file("tiers_2014.csv", (2014, "GHA", "Ghana", "Tier 2")), actor=analyst)
    services.discard(update=discarded, actor=analyst)
    states = received(
        tier_file("first_2018.csv", (2018, "GHA", "Ghana", "Tier 2"), (2018, "", "Atlantis", "Tier 2")),
        tier_file("second_2018.csv", (2018, "GHA", "Ghana", "Tier 3")),
        Sent("wgi_export.xlsx", len(page), [page]),
        Sent("export.csv", 8, [b"a,b\n1,2\n"]),
        actor=analyst,
    )
    return {
        "published": published,
        "discarded": discarded,
        "states": states,
        "reading": received(tier_file("tiers_2011.csv", (2011, "GHA", "Ghana", "Tier 2")), actor=analyst, read=False),
        "open": with_effect(
            received(
                tier_file("tiers_2019.csv", (2019, "GHA", "Ghana", "Tier 2")),
                tier_file("tiers_2025_new.csv", (2025, "GHA", "Ghana", "Tier 3"), (2025, "", "Atlantis", "Tier 2")),
                actor=analyst,
            )
        ),
    }
