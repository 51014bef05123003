from __future__ import annotations

from datetime import date

from cpc.findings import Finding
from cpc.lifecycle import Checks
from partnerships.lookups.rule_inputs import DialogueFacts

GAO = "GAO-23-105390"

AGENDA_OF_EVERY_DIALOGUE = {
    "sustainability": "how progress will be sustained",
    "contributions": "what each participant contributed",
}


def key_indicators_selected(dialogue: DialogueFacts, _on: date) -> list[Finding]:
    if dialogue.key_indicators:
        return []
    return [Finding.error("key_indicator_missing", "Select the key indicators to discuss.", "key_indicators", GAO)]


def agenda_covers(dialogue: DialogueFacts, _on: date) -> list[Finding]:
    """Require agenda points on sustaining progress and on contributions."""
    kinds = {point.kind for point in dialogue.agenda}
    return [
        Finding.error(f"agenda_{kind}", f"Add to the agenda: {topic}.", "agenda", GAO)
        for kind, topic in AGENDA_OF_EVERY_DIALOGUE.items()
        if kind not in kinds
    ]


def contributions_tracked(dialogue: DialogueFacts, _on: date) -> list[Finding]:
    if dialogue.partner_contributions:
        return []
    message = "No contributions of the partner government are recorded. Ask for them before the dialogue."
    return [Finding.warning("partner_contributions_missing", message, "contributions", GAO)]


def dates_of_dialogue(dialogue: DialogueFacts, on: date) -> list[Finding]:
    """Require a day that has come. Warn of key indicators settled on that day or later."""
    if dialogue.held_from is None or dialogue.held_from > on:
        return [
            Finding.error(
                "held_from", "Enter the date on which the dialogue was held. It cannot be in the future.", "held_from"
            )
        ]
    if dialogue.ready_on is not None and dialogue.ready_on >= dialogue.held_from:
        message = f"The key indicators were selected on {dialogue.ready_on}, not before the dialogue."
        return [Finding.warning("key_indicators_late", message, "key_indicators", GAO)]
    return []


def minutes_complete(dialogue: DialogueFacts, _on: date) -> list[Finding]:
    """Require minutes of each key indicator and of each agenda point.

    A key indicator's minutes hold its data and the discussion.
    """
    return [
        Finding.error(
            "indicator_not_minuted", f"{row.title}: enter its data and the discussion in the minutes.", "minutes", GAO
        )
        for row in dialogue.key_indicators
        if not row.is_minuted
    ] + [
        Finding.error("point_not_minuted", f"{point.title}: enter its outcome in the minutes.", "minutes")
        for point in dialogue.agenda
        if not point.is_minuted
    ]


DIALOGUE_CHECKS: Checks[DialogueFacts] = {
    "set_ready": (key_indicators_selected, agenda_covers, contributions_tracked),
    "hold": (dates_of_dialogue,),
    "conclude": (minutes_complete,),
}
