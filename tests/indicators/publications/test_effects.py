"""The sentences on what publishing an import would do."""

from __future__ import annotations

import pytest

from cpc.accounts.models import User
from indicators.models import Import
from indicators.publications import effects
from indicators.publications.effects import Effect

NEW_RUN = Effect(
    "Rankings already computed don't change. A new one counts these values if the ranking reads them.", "none", "lock"
)
NO_CHANGE = Effect("Rankings don't change, because no value changes.", "none", "lock")
CONTEXT = Effect("Rankings don't change, because programs are context and are not scored.", "none", "lock")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effects, "_providers", {})


def found(**counts: int) -> list[Effect]:
    return effects.effects(Import(counts=counts), User())


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({}, [NO_CHANGE]),
        ({"new": 1}, [Effect("1 value will be added.", "info", "add_circle_outline"), NEW_RUN]),
        (
            {"changed": 1200},
            [Effect("1,200 values will be replaced. The earlier versions stay on file.", "warn"), NEW_RUN],
        ),
        (
            {"older": 2},
            [
                Effect(
                    "2 values from an older edition will be stored but not used, because a later edition is in use.",
                    "none",
                    "history",
                ),
                NO_CHANGE,
            ],
        ),
        ({"unchanged": 3}, [Effect("3 values will stay, with this file as another source.", "good"), NO_CHANGE]),
        (
            {"narratives": 1},
            [Effect("1 narrative will be ready for an analyst to confirm.", "info", "visibility"), NO_CHANGE],
        ),
        (
            {"programs": 3, "new": 1, "changed": 2},
            [
                Effect("1 program will be added.", "info", "add_circle_outline"),
                Effect("2 programs will be replaced. The earlier versions stay on file.", "warn"),
                CONTEXT,
            ],
        ),
    ],
)
def test_each_count_has_a_sentence_and_the_rankings_another(counts: dict[str, int], shown: list[Effect]) -> None:
    assert found(**counts) == shown


def test_effects_are_ordered_with_other_apps_last() -> None:
    effects.register("b", lambda _batch, _user: [Effect("b")])
    effects.register("a", lambda batch, user: [Effect(f"{batch.counts['new']} for {user.name}")])
    shown = effects.effects(
        Import(counts={"narratives": 1, "unchanged": 1, "older": 1, "changed": 1, "new": 1}), User(name="Ana")
    )
    assert [(effect.kind, effect.text) for effect in shown[-3:]] == [
        ("none", NEW_RUN.text),
        ("info", "1 for Ana"),
        ("info", "b"),
    ]
    assert [effect.kind for effect in shown[:-3]] == ["info", "warn", "none", "good", "info"]
    with pytest.raises(ValueError, match="already registered"):
        effects.register("a", lambda _batch, _user: [])
    del effects._providers["a"]
    assert found()[-1] == Effect("b")
