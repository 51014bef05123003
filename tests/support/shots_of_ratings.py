"""The pages of ratings, restrictions and papers, and the dossier, in each of their states."""

from __future__ import annotations

from collections.abc import Sequence

from cpc.accounts.permissions import Role
from tests.support.listed import ALL_ERRORS, ANALYST, OFFICE, REVIEWER, VIEWER, Arguments, Listed, press, wait_for
from tests.worlds.demonstration import Scene

READERS = (Role.ANALYST, Role.VIEWER)


def _round(scene: Scene) -> dict[str, object]:
    return {"pk": scene.rated.round.pk}


def _consulted(scene: Scene) -> dict[str, object]:
    return {"pk": scene.consulted.round.pk, "code": "GHA"}


def _of(code: str = "GHA", **more: str) -> Arguments:
    return lambda scene: {**_round(scene), "code": code, **more}


def _country(code: str) -> Arguments:
    return lambda _: {"code": code}


def _paper(scene: Scene) -> dict[str, object]:
    return {**_of()(scene), "paper": scene.rated.paper.pk}


RATINGS: Sequence[Listed] = (
    Listed("ratings", "round-ratings", OFFICE, arguments=_round),
    Listed("ratings-nothing", "round-ratings", VIEWER, arguments=_round, query="?q=nowhere"),
    Listed("ratings-refused", "round-ratings", VIEWER, ALL_ERRORS, _round, "?show=all", 400),
    Listed("ratings-of", "ratings-of", READERS, arguments=_of()),
    Listed("ratings-of-nothing", "ratings-of", ANALYST, arguments=_of("TGO")),
    Listed("rate", "rate", ANALYST, arguments=_of(criterion="prevention")),
    Listed("rate-hidden", "rate", ANALYST, arguments=_of(criterion="forms")),
    Listed("rate-nothing-known", "rate", ANALYST, arguments=_of("TGO", criterion="protection")),
    Listed(
        "rate-refused",
        "rate",
        ANALYST,
        ALL_ERRORS,
        _of(criterion="protection"),
        acts=(press("Save the rating"), wait_for("Nothing was saved.")),
    ),
    Listed("rating-withdraw", "rating-withdraw", ANALYST, arguments=_of(criterion="prosecution")),
    Listed("restrictions-of-round", "round-restrictions", READERS, arguments=_round),
    Listed("restrictions-of-round-nothing", "round-restrictions", VIEWER, arguments=_round, query="?q=nowhere"),
    Listed("restrictions-of-country", "restrictions", READERS, arguments=_country("GHA")),
    Listed("restrictions-of-country-clear", "restrictions", VIEWER, arguments=_country("KEN")),
    Listed("restrictions-of-country-nothing", "restrictions", ANALYST, arguments=_country("TGO")),
    Listed("restriction-review", "restriction-review", ANALYST, arguments=_country("GHA"), query="?code=tier_3"),
    Listed(
        "restriction-review-refused",
        "restriction-review",
        ANALYST,
        ALL_ERRORS,
        _country("GHA"),
        acts=(press("Record the review"), wait_for("Nothing was saved.")),
    ),
    Listed("candidate-paper-new", "paper-new", ANALYST, arguments=_of()),
    Listed("candidate-paper-version", "paper-version", ANALYST, arguments=_paper),
    Listed(
        "candidate-paper-refused",
        "paper-new",
        ANALYST,
        ALL_ERRORS,
        _of(),
        acts=(press("Add the paper"), wait_for("Nothing was saved.")),
    ),
    Listed("dossier", "dossier", OFFICE, arguments=_of()),
    Listed("dossier-bare", "dossier", ANALYST, arguments=_of("TGO")),
    Listed("dossier-of-reviewer", "dossier", REVIEWER, arguments=_consulted),
    Listed("round-in-scoring", "round", (*READERS, Role.ADMINISTRATOR), arguments=_round),
)
