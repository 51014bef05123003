"""All page cases, collected from the `page_cases.py` of every room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from tests.cpc.api_tokens import page_cases as api_tokens
from tests.cpc.audit import page_cases as audit
from tests.cpc.identity import page_cases as identity
from tests.cpc.notifications import page_cases as notifications
from tests.cpc.openid import page_cases as openid
from tests.cpc.people import page_cases as people
from tests.cpc.retention import page_cases as retention
from tests.cpc.saved_views import page_cases as saved_views
from tests.cpc.search import page_cases as search
from tests.cpc.sessions import page_cases as sessions
from tests.cpc.site import page_cases as site
from tests.cpc.webhooks import page_cases as webhooks
from tests.indicators.bulk import page_cases as bulk
from tests.indicators.curated import page_cases as curated
from tests.indicators.imports import page_cases as imports
from tests.indicators.name_mappings import page_cases as name_mappings
from tests.indicators.narrative_reviews import page_cases as narrative_reviews
from tests.indicators.narratives import page_cases as narratives
from tests.indicators.observations import page_cases as observations
from tests.indicators.tier_confirmations import page_cases as tier_confirmations
from tests.indicators.tip_recommendations import page_cases as tip_recommendations
from tests.indicators.updates import page_cases as updates
from tests.partnerships.agreements import page_cases as agreements
from tests.partnerships.amendments import page_cases as amendments
from tests.partnerships.api_parts import page_cases as api_parts
from tests.partnerships.awards import page_cases as awards
from tests.partnerships.budgets import page_cases as budgets
from tests.partnerships.clearance import page_cases as clearance
from tests.partnerships.dialogues import page_cases as dialogues
from tests.partnerships.documents import page_cases as documents
from tests.partnerships.funds import page_cases as funds
from tests.partnerships.history import page_cases as history
from tests.partnerships.limit_exceptions import page_cases as limit_exceptions
from tests.partnerships.money import page_cases as money
from tests.partnerships.monitoring import page_cases as monitoring
from tests.partnerships.outcomes import page_cases as outcomes
from tests.partnerships.portfolio import page_cases as portfolio
from tests.partnerships.publication import page_cases as publication
from tests.partnerships.record_export import page_cases as record_export
from tests.partnerships.status import page_cases as status
from tests.partnerships.sustainability import page_cases as sustainability
from tests.partnerships.term_sheets import page_cases as term_sheets
from tests.partnerships.terms import page_cases as terms
from tests.partnerships.visits import page_cases as visits
from tests.partnerships.word_documents import page_cases as word_documents
from tests.partnerships.year_results import page_cases as year_results
from tests.selection.backtest import page_cases as backtest
from tests.selection.comment_matrix import page_cases as comment_matrix
from tests.selection.consultation import page_cases as consultation
from tests.selection.countries import page_cases as countries
from tests.selection.country_comparison import page_cases as country_comparison
from tests.selection.criteria_consultation import page_cases as criteria_consultation
from tests.selection.decisions import page_cases as decisions
from tests.selection.dossier import page_cases as dossier
from tests.selection.going_on import page_cases as going_on
from tests.selection.how_sure import page_cases as how_sure
from tests.selection.method import page_cases as method
from tests.selection.model_versions import page_cases as model_versions
from tests.selection.notes import page_cases as notes
from tests.selection.pool import page_cases as pool
from tests.selection.proof import page_cases as proof
from tests.selection.ranking import page_cases as ranking
from tests.selection.ratings import page_cases as ratings
from tests.selection.resources import page_cases as selection_resources
from tests.selection.restrictions import page_cases as restrictions
from tests.selection.review import page_cases as review
from tests.selection.rounds import page_cases as rounds
from tests.selection.run_comparison import page_cases as run_comparison
from tests.selection.signing import page_cases as signing
from tests.selection.update_effect import page_cases as update_effect
from tests.selection.weighting import page_cases as weighting
from tests.selection.what_if import page_cases as what_if
from tests.selection.what_it_takes import page_cases as what_it_takes
from tests.support.page_cases import Look, PageCase, Shot, TwoWriters
from tests.worlds.demonstration import WorldName
from tests.worlds.small_world import World

ROOMS: tuple[Any, ...] = (
    audit,
    site,
    openid,
    people,
    identity,
    saved_views,
    sessions,
    search,
    api_tokens,
    webhooks,
    retention,
    notifications,
    observations,
    bulk,
    narrative_reviews,
    narratives,
    curated,
    tier_confirmations,
    tip_recommendations,
    imports,
    updates,
    name_mappings,
    ranking,
    countries,
    method,
    run_comparison,
    proof,
    selection_resources,
    country_comparison,
    backtest,
    going_on,
    how_sure,
    what_if,
    what_it_takes,
    rounds,
    consultation,
    notes,
    comment_matrix,
    decisions,
    signing,
    ratings,
    restrictions,
    review,
    dossier,
    pool,
    model_versions,
    criteria_consultation,
    update_effect,
    weighting,
    outcomes,
    portfolio,
    publication,
    agreements,
    terms,
    word_documents,
    term_sheets,
    money,
    awards,
    documents,
    amendments,
    limit_exceptions,
    record_export,
    status,
    year_results,
    monitoring,
    funds,
    visits,
    budgets,
    clearance,
    dialogues,
    sustainability,
    history,
    api_parts,
)
"""Modules with page cases, imported by name because a test world is rebuilt if a module it imports changes."""


@cache
def cases() -> tuple[PageCase, ...]:
    """Return every case, by app and room."""
    return tuple(case for room in ROOMS for case in room.CASES)


@cache
def looks() -> tuple[Look, ...]:
    """Return every look of every page, and of errors at other URLs."""
    found: list[Look] = []
    for room in ROOMS:
        found += [replace(look, address=look.address or case.name) for case in room.CASES for look in case.looks]
        found += getattr(room, "OTHER_LOOKS", ())
    return tuple(found)


def shots() -> list[Shot]:
    """Return every page in every state for every visitor, those of the database without data first."""
    found = [shot for look in looks() for shot in look.shots()]
    return sorted(found, key=lambda shot: shot.state.world_name is not WorldName.INSTALLATION)


def url_arguments() -> Mapping[str, Callable[[World], Mapping[str, Any]]]:
    """Return the functions that give a URL's arguments in the small world, by URL name."""
    return {case.name: case.url for case in cases() if case.url is not None}


def forms_of_two_writers() -> Mapping[str, TwoWriters]:
    """Return the forms that two people send, by URL name."""
    return {case.name: case.second_writer for case in cases() if isinstance(case.second_writer, TwoWriters)}


def reasons_of_two_writers() -> Mapping[str, str]:
    """Return the reasons why no entry is lost at the other URLs that write, by URL name."""
    found = {case.name: case.second_writer for case in cases() if case.second_writer}
    return {name: reason for name, reason in found.items() if isinstance(reason, str)}
