"""Dialogues over REST, with their agendas, key indicators, and action items."""

from partnerships.api_base.parts import STEP_NOTES, part
from partnerships.models import ActionItem, AgendaItem, Dialogue, DialogueStep, IndicatorMinute, KeyIndicator

DIALOGUE = "The number of the dialogue."

DIALOGUES = part(
    "dialogues",
    "dialogue",
    Dialogue,
    title="Dialogues of a partnership",
    description="The annual dialogues of both governments (22 U.S.C. 7103a(d)(3)), planned and held, in order.",
    fields="id number planned_on held_from held_until venue=place is_final state",
    notes={
        "held_from": "The first day on which it was held.",
        "held_until": "The last day on which it was held.",
        "venue": "The city, or how it was held.",
        "is_final": "Whether it is the last one of the partnership.",
    },
    order=("number",),
    filters="state",
)
DIALOGUE_STEPS = part(
    "dialogue-steps",
    "dialogue step",
    DialogueStep,
    title="Steps of dialogues of a partnership",
    description="Every step of every dialogue, in order.",
    fields="id dialogue name source target reason actor=actor.name at",
    notes={**STEP_NOTES, "dialogue": DIALOGUE},
    filters="dialogue",
)
AGENDA = part(
    "agenda-items",
    "agenda item",
    AgendaItem,
    title="Agendas of dialogues of a partnership",
    description="Every item of every dialogue's agenda, with its minutes.",
    fields="id dialogue number kind title presenter minutes",
    notes={"dialogue": DIALOGUE, "minutes": "The outcome; empty before the dialogue."},
    order=("dialogue__number", "number"),
    filters="dialogue kind",
)
KEY_INDICATORS = part(
    "key-indicators",
    "key indicator",
    KeyIndicator,
    title="Key indicators of dialogues of a partnership",
    description="The indicators that each dialogue discusses, and why.",
    fields="id dialogue indicator why named_by=named_by.name at",
    notes={"dialogue": DIALOGUE, "named_by": "The person who named it."},
    order=("dialogue__number", "pk"),
    filters="dialogue indicator",
)
ACTION_ITEMS = part(
    "action-items",
    "action item",
    ActionItem,
    title="Action items of a partnership",
    description="Everything that was agreed at a dialogue, with its owner, by the due day.",
    fields="id dialogue text owner owner_name=owner.name due_on state closed_on outcome",
    notes={
        "dialogue": DIALOGUE,
        "text": "What was agreed.",
        "owner_name": "The office that owns it.",
        "closed_on": "The day on which it was closed.",
        "outcome": "What was done, or why it was dropped.",
    },
    order=("due_on", "pk"),
    filters="dialogue owner state",
)
MINUTES = part(
    "indicator-minutes",
    "indicator minute",
    IndicatorMinute,
    title="Minutes on key indicators of a partnership",
    description="What was discussed at each dialogue about its key indicators.",
    fields="id key_indicator target_shown no_data_reason discussion",
    notes={
        "target_shown": "The target that was shown.",
        "no_data_reason": "Why there was no value.",
        "discussion": "What was discussed.",
    },
    order=("key_indicator__dialogue__number", "pk"),
)
