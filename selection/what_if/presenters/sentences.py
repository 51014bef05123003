"""Sentences of the What if page. `js/what_if/text.js` writes the same ones in the browser."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from cpc.web import formats
from selection.models.runs import ScreenGroup
from selection.runs import labels as runs_labels
from selection.runs.movements import FAR, Move
from selection.runs.rows import RankingRow
from selection.what_if.askable import Askable
from selection.what_if.effect import Effect
from selection.what_if.queries.answers import AnsweredQuestion
from selection.what_if.question import Question

NAMED = 4
"""The most countries that a sentence names; more are counted."""

MANY = 3
"""Least number of changed places for which the page does not assess whether they are more than noise."""

NOT_DRAWN = "The draws of the run do not show how sure these ranks were."
"""Text for a run without draws, and for countries that it did not rank."""

OPEN_ALL_ALONG = "Each of these countries was already open: neither firmly in nor firmly out."


@dataclass(frozen=True, slots=True)
class EffectText:
    """Finding as a bold sentence, and the text after it."""

    bold: str
    rest: str = ""


NOTHING_WEIGHTED = EffectText("No country can be ranked.", "Every weight is 0: raise need or feasibility.")
OUT_OF_RANGE = EffectText("A number is out of range.", "Correct each number that is marked to see the effect.")
"""Texts instead of an effect while nothing can be computed."""

NO_EFFECT = "Nothing to explain: no effect was computed."


def effect_text(found: Effect, name: Callable[[str], str], *, unchanged: str = "") -> EffectText:
    """Return who enters and leaves the first N, then how many move.

    `unchanged` is returned instead if the question is that of the list it is compared with.
    """
    if not found.ranked:
        return EffectText("No country is ranked under these rules.", "Loosen a rule of evidence, or turn one off.")
    if found.ranked == 1:
        return EffectText("Only one country is ranked, so nothing can move.")
    if unchanged:
        return EffectText(unchanged, "Change a number to see who would move.")
    enter, leave = ([name(move.code) for move in moves] for moves in (found.enters, found.leaves))
    parts = []
    if enter:
        verb = formats.agree(len(enter), "enters", "enter")
        parts.append(f"{formats.listing(enter, most=NAMED - 1)} {verb} the first {found.first}")
    if leave:
        where = "it" if enter else f"the first {found.first}"
        parts.append(f"{formats.listing(leave, most=NAMED - 1)} {'leave' if len(leave) > 1 else 'leaves'} {where}")
    bold = f"{'; '.join(parts)}." if parts else f"The first {found.first} stay the same."
    return EffectText(bold, " ".join(filter(None, (_far(found, crossed=bool(parts)), _ranks_gained(found)))))


def _far(found: Effect, *, crossed: bool) -> str:
    if not found.moved:
        return "No country moves."
    if not found.far:
        return f"No country moves by {formats.spell_out(FAR).lower()} places or more."
    more = f"{found.far} of {found.ranked} countries {'moves' if found.far == 1 else 'move'}"
    beyond = "" if crossed or found.nearest < 2 else f", none of them in the first {found.nearest - 1}"
    return f"{more} by {formats.spell_out(FAR).lower()} places or more{beyond}."


def _ranks_gained(found: Effect) -> str:
    gained = (
        f"{runs_labels.countries(found.gained)} {'gains' if found.gained == 1 else 'gain'} a rank"
        if found.gained
        else ""
    )
    lost = (
        f"{runs_labels.countries(found.lost)} {'loses its' if found.lost == 1 else 'lose their'} rank"
        if found.lost
        else ""
    )
    both = "; ".join(filter(None, (gained, lost)))
    return f"{both}." if both else ""


def noise_text(
    found: Effect,
    rows: Mapping[str, RankingRow],
    run: str,
    drawn: Mapping[str, float] | None = None,
    limits: Collection[float] = (),
) -> str:
    """Return whether the changed places were already uncertain in the run; `rows` are its countries by code.

    `drawn` are the chances of the first N with the question's weights, by code, if they were drawn, and `limits` those
    that rounding must not cross.
    """
    if not found.enters and not found.leaves:
        return "Nothing to explain: no country enters or leaves."
    # The run's draws give information only on countries with a rank in both lists.
    leave, enter = ([rows[m.code] for m in moves if _drawn(rows, m)] for moves in (found.leaves, found.enters))
    other = _ranks_changed(found, rows)
    if not leave and not enter:
        return f"The change is in which countries are ranked, not in their order. {other}" if other else NOT_DRAWN
    top = f"the first {found.first}"
    described = "; ".join(
        [
            *_chances(leave, f"stayed in {top}", limits),
            *_chances(enter, f"reached {top}", limits),
        ]
    )
    facts = f"In {run}, {described}."
    if drawn is not None:
        facts = f"Share of draws in the first {found.first}: {_then_and_now(leave, enter, drawn, limits)}."
    settled = [row.name for row in (*leave, *enter) if row.group != ScreenGroup.OPEN]
    rest = (
        f"{run[:1].upper()}{run[1:]} left no doubt about {formats.listing(settled, most=NAMED - 1)}."
        if settled
        else OPEN_ALL_ALONG
    )
    parts = [_more_than_noise(found, rows), facts, rest, other]
    return " ".join(filter(None, parts))


def _more_than_noise(found: Effect, rows: Mapping[str, RankingRow]) -> str:
    """Return "Yes." or "No."; of many changes at once only their number, as draws are not counted for them together."""
    leave, enter = ([rows[m.code] for m in moves if _drawn(rows, m)] for moves in (found.leaves, found.enters))
    count = max(len(leave), len(enter))
    if count >= MANY:
        changes = f"{formats.spell_out(count)} places change at once."
        return f"{changes} The draws do not show how likely all these changes are together."
    if not count:
        return ""
    return "Yes." if any(row.group != ScreenGroup.OPEN for row in (*leave, *enter)) else "No."


def _then_and_now(
    leave: Sequence[RankingRow], enter: Sequence[RankingRow], drawn: Mapping[str, float], limits: Collection[float]
) -> str:
    """Return chances with the question's weights and those of the run: "Burundi 53%, was 37%"."""
    rows = (*leave[:NAMED], *enter[:NAMED])
    more = len(leave) + len(enter) - len(rows)
    described = [
        f"{row.name} {formats.chance(drawn.get(row.code, 0.0), prose=True, limits=limits)}, was "
        f"{formats.chance(row.p20 or 0.0, prose=True, limits=limits)}"
        for row in rows
    ]
    return "; ".join([*described, f"{more} more in the list"] if more else described)


def _drawn(rows: Mapping[str, RankingRow], move: Move) -> bool:
    """Return whether a country has a rank in both lists, and draws in the run."""
    return move.rise is not None and move.code in rows and bool(rows[move.code].group)


def _ranks_changed(found: Effect, rows: Mapping[str, RankingRow]) -> str:
    """Return who enters or leaves the first N because it gains or loses its rank, which no draw can assess."""
    lose, gain = (
        [rows[m.code].name if m.code in rows else m.code for m in moves if m.rise is None]
        for moves in (found.leaves, found.enters)
    )
    parts = []
    if gain:
        parts.append(f"{formats.listing(gain, most=NAMED - 1)} {'gain' if len(gain) > 1 else 'gains'} a rank.")
    if lose:
        parts.append(f"{formats.listing(lose, most=NAMED - 1)} {'lose their' if len(lose) > 1 else 'loses its'} rank.")
    return " ".join(parts)


def _chances(rows: Sequence[RankingRow], did: str, limits: Collection[float]) -> list[str]:
    """Return the shares of draws in which countries were among the first N: one by one, or of many as a range."""
    if not rows:
        return []
    if len(rows) > NAMED:
        shares = [row.p20 or 0.0 for row in rows]
        low, high = (formats.chance(end, prose=True, limits=limits) for end in (min(shares), max(shares)))
        return [f"{len(rows)} countries {did} in {low} to {high} of draws"]
    written = [formats.chance(row.p20, prose=True, limits=limits) for row in rows]
    described = [f"{row.name} in {share}" for row, share in zip(rows[1:], written[1:], strict=True)]
    return [formats.listing([f"{rows[0].name} {did} in {written[0]} of draws", *described])]


def farthest_text(found: Effect, name: Callable[[str], str], phrases: Sequence[str]) -> str:
    """Return who moves farthest by the options of a question: "With child labor “own survey first”, Ghana moves …".

    "" if no options are given, or no country moves.
    """
    if not phrases or not found.farthest:
        return ""
    first, *rest = found.farthest
    moves = [f"{name(first.code)} moves from {first.before} to {first.after}"]
    moves += [f"{name(move.code)} from {move.before} to {move.after}" for move in rest]
    return f"With {formats.listing(list(phrases))}, {formats.listing(moves)}."


def stay_text(found: Effect) -> str:
    """Return how many of the first N are the same in both lists, as a sentence."""
    if not found.within:
        return "No list to show."
    if found.stay == found.within and not found.leaves:
        return f"The same {found.within} countries are first in both."
    return f"{found.stay} of the first {found.first} stay in both."


def bar_text(found: Effect, name: Callable[[str], str], rows: Mapping[str, RankingRow]) -> str:
    """Return the effect in one line for small screens, and whether it is more than noise."""
    if not found.enters and not found.leaves:
        return f"The first {found.first} stay the same."
    enter, leave = (
        formats.listing([name(move.code) for move in moves], most=NAMED - 1) for moves in (found.enters, found.leaves)
    )
    noise = _more_than_noise(found, rows)
    more = f" More than noise? {noise}" if noise in ("Yes.", "No.") else ""
    return f"In: {enter or 'none'}. Out: {leave or 'none'}.{more}"


def change_sentences(question: Question, askable: Askable) -> list[str]:
    """Return a question's changes, one sentence per part, for a scenario, a draft, and an export."""
    found = []
    for group in askable.groups:
        if any(weight.key in question.weights for weight in group.weights):
            numbers = question.numbers(group, askable)
            total = sum(numbers)
            parts = [
                f"{runs_labels.short(weight.label)} {_percent(number, total)} (was {_percent(weight.percent, 100.0)})"
                for weight, number in zip(group.weights, numbers, strict=True)
            ]
            found.append(f"{group.label}: {', '.join(parts)}.")
    if question.let_in:
        labels = [reason.label for reason in askable.reasons if reason.key in question.let_in]
        found.append(f"Included from outside the pool: {formats.listing(labels)}.")
    for rule in askable.rules:
        if rule.key in question.evidence:
            years = question.evidence[rule.key]
            now = "turned off" if years is None else f"within {years} years (was {rule.within})"
            found.append(f"Evidence {rule.key}: {now}.")
    for choice in askable.choices:
        if choice.key in question.options:
            asked = next(option for option in choice.options if option.key == question.options[choice.key])
            found.append(f"{choice.label}: {asked.label} (was {choice.options[0].label}).")
    found += [f"{item.label}: as loaded, in all draws." for item in askable.overdue if item.key in question.held]
    return found


def drawn_text(asked: AnsweredQuestion) -> str:
    """Return what the draws of a question show, or, before they are made, whose draws the list shows."""
    run, draws = f"run {asked.run.pk}", formats.number(asked.basis.model.draws)
    if not asked.is_drawn:
        what = "ranges, shares of draws, and groups" if asked.is_all_in else "ranges and shares of draws"
        return f"Until you draw, {what} are from {run}, not from your settings."
    if not asked.is_all_in:
        return (
            f"Ranges and shares of draws are from {draws} draws with your settings. Which countries are firmly in or "
            "out was not recomputed, because that also requires the other methods."
        )
    groups = [asked.group_of(row) for row in asked.shown.ranked]
    counts = [
        f"{groups.count(group.value)} {runs_labels.lowered(runs_labels.SCREEN_GROUPS[group.value])}"
        for group in ScreenGroup
    ]
    drawn = f"Ranges, shares, and groups are from {draws} draws of data, weights, and method with your settings"
    return f"{drawn}: {', '.join(counts)}."


def _percent(number: float, total: float) -> str:
    return f"{100 * number / total:.1f}".removesuffix(".0") + "%" if total else "0%"
