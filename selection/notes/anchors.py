"""Anchors of a new note, from the query and the form of its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, QueryDict

from cpc.parameters import whole_number
from selection.models import Candidate
from selection.notes import queries
from selection.notes.services.notes import Anchor


def special_anchor(candidate: Candidate | None, asked: QueryDict) -> tuple[str, str] | None:
    """Return the value or sentence named in the URL as a form choice.

    Raises `Http404` for an unknown one.
    """
    kind, _, key = asked.get("on", "").partition(":")
    if kind not in ("observation", "narrative"):
        return None
    number = whole_number(key)
    if candidate is None or number is None:
        raise Http404
    if kind == "observation":
        observation = queries.observation_of(candidate, number)
        if observation is None:
            raise Http404
        return f"observation:{key}", f"{observation.indicator.name}, {observation.period}"
    narrative = queries.narrative_of(candidate, number)
    if narrative is None or not asked.get("sentence", "").strip():
        raise Http404
    return f"narrative:{key}", f"{narrative.report}, the sentence below"


def anchor_of(candidate: Candidate | None, data: Mapping[str, Any]) -> Anchor:
    kind, _, key = data["on"].partition(":")
    if kind == "criterion":
        return Anchor(criterion=key)
    if kind == "observation" and candidate is not None:
        return Anchor(observation=queries.observation_of(candidate, int(key)))
    if kind == "narrative" and candidate is not None:
        narrative = queries.narrative_of(candidate, int(key))
        return Anchor(narrative=narrative, sentence=data["sentence"], locator=data["locator"])
    return Anchor()
