"""Images of the memo as PNG, because no vector format opens in every Word reader.

Each image has alternative text, and the memo's tables repeat its numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any

from cpc.web import formats

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, LINE = "#1b1b1b", "#565c65", "#c6cace"
NEED, FEASIBILITY = "#947100", "#2e6276"
WIDTH = 6.5
"""Width between the margins of a letter page, in inches."""
SHOWN = 25
"""Most candidates in an image; the table lists the others."""
DRAWING = Lock()
"""Lock held while an image is drawn, because Matplotlib is not thread-safe.

The memo's page requests all images at once. Matplotlib's first import is not thread-safe either: begun in two threads,
it can fail, and then fails until the process restarts.
"""


@dataclass(frozen=True)
class Picture:
    """Image with its caption, which states the finding, and its alternative text.

    `draw` takes `content` to the bytes of a PNG; `content` consists of values that JSON can express.
    """

    caption: str
    alt: str
    draw: Callable[[Any], bytes]
    content: Sequence[Mapping[str, Any]]

    @property
    def png(self) -> bytes:
        """Return the image, drawn on first use, so that a page that only lists captions draws none."""
        content = json.dumps(self.content)
        with DRAWING:
            return draw_once(self.draw, content)


@lru_cache(maxsize=64)
def draw_once(draw: Callable[[Any], bytes], content: str) -> bytes:
    """Return the image that `draw` makes of a JSON text, or the one it made of the same text before.

    The memo's page shows the images that its document contains, and a memo issued again repeats most of them.
    """
    return draw(json.loads(content))


def ranking_picture(rows: Sequence[Mapping[str, Any]]) -> Picture | None:
    """Draw the rank of each candidate with its interval over 90% of draws; None without ranks."""
    ranked = [row for row in rows if row["rank"] is not None][:SHOWN]
    if not ranked:
        return None
    intervals = "; ".join(
        f"{row['country']}: rank {row['rank']}" + ("" if row["low"] is None else f", {row['low']} to {row['high']}")
        for row in ranked
    )
    caption = certainty_text(ranked)
    return Picture(caption, f"Rank of each candidate with its interval. {intervals}.", _draw_ranking, ranked)


def certainty_text(ranked: Sequence[Mapping[str, Any]]) -> str:
    if len(ranked) == 1:
        return "One candidate is ranked, so there is no order."
    if all(row["high"] is None for row in ranked):
        return "No draws were made: whether the order holds is not known."
    moves = any(row["high"] is not None and row["high"] != row["low"] for row in ranked)
    return "Ranks of neighbors overlap: the order is not sure." if moves else "No rank moves in 90% of the draws."


def _draw_ranking(ranked: Sequence[Mapping[str, Any]]) -> bytes:
    figure, axes = _new_figure(0.9 + 0.26 * len(ranked))
    for position, row in enumerate(ranked):
        low, high = row["low"] or row["rank"], row["high"] or row["rank"]
        axes.plot((low, high), (position, position), color=FEASIBILITY, linewidth=2.2, solid_capstyle="butt")
        axes.plot(row["rank"], position, "o", color=INK, markersize=5)
        axes.annotate(
            formats.span(str(low), str(high)),
            (high, position),
            (6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    last = max((row["high"] or row["rank"]) for row in ranked)
    axes.set_xlim(0.5, last + 1.5)
    # Memos made before the draws were named have none.
    draws = ranked[0].get("draws", "draws")
    figure.supxlabel(f"Rank in the pool, 1 at the left; the line holds in 90% of {draws}", fontsize=8, color=MUTED)
    _label_rows(axes, [row["country"] for row in ranked])
    return _png(figure)


def contribution_picture(rows: Sequence[Mapping[str, Any]]) -> Picture | None:
    """Draw need and feasibility of each ranked candidate: the score is their mean, and no sum of parts."""
    ranked = [row for row in rows if row["score"] is not None][:SHOWN]
    if not ranked:
        return None
    first = ranked[0]
    caption = (
        f"{first['country']} leads with {formats.number(first['score'], 1)} of 100, from need "
        f"{formats.number(first['need'], 1)} and feasibility {formats.number(first['feasibility'], 1)}."
    )
    axes = "; ".join(
        f"{row['country']}: need {formats.number(row['need'], 1)}, feasibility {formats.number(row['feasibility'], 1)}"
        for row in ranked
    )
    return Picture(caption, f"Need and feasibility of each candidate. {axes}.", _draw_axes, ranked)


def _draw_axes(ranked: Sequence[Mapping[str, Any]]) -> bytes:
    figure, axes = _new_figure(1.2 + 0.34 * len(ranked))
    for position, row in enumerate(ranked):
        for shift, name, color in ((-0.2, "need", NEED), (0.2, "feasibility", FEASIBILITY)):
            value = row[name] or 0.0
            axes.barh(
                position + shift, value, height=0.36, color=color, label=name.capitalize() if not position else None
            )
            axes.annotate(
                formats.number(row[name], 1),
                (value, position + shift),
                (4, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.5,
            )
    axes.set_xlim(0, 108)
    axes.set_xlabel("0 to 100", fontsize=8, color=MUTED)
    _label_rows(axes, [row["country"] for row in ranked])
    figure.legend(fontsize=7.5, ncols=2, loc="outside lower left", frameon=False)
    return _png(figure)


def scorecard_picture(card: Mapping[str, Any]) -> Picture:
    """Draw each factor of one candidate between 0 and 1, with the candidates' median as a tick."""
    factors = list(card["factors"])
    known = [f for f in factors if f["u"] is not None and f["median"] is not None]
    above = sum(f["u"] > f["median"] for f in known)
    unknown = sum(f["u"] is None for f in factors)
    caption = f"{card['country']} is above the median of the candidates on {above} of {len(known)} factors."
    if unknown:
        caption += f" {formats.spell_out(unknown, 'is', 'are')} not known."
    values = "; ".join(f"{f['label']}: {'not known' if f['u'] is None else formats.number(f['u'], 2)}" for f in factors)
    alt = f"Factors of {card['country']} on a scale of 0 to 1. {values}."
    return Picture(caption, alt, _draw_scorecard, factors)


def _draw_scorecard(factors: Sequence[Mapping[str, Any]]) -> bytes:
    figure, axes = _new_figure(0.9 + 0.24 * len(factors))
    for position, factor in enumerate(factors):
        axes.plot((0, 1), (position, position), color=LINE, linewidth=1)
        if factor["median"] is not None:
            axes.plot(factor["median"], position, "|", color=MUTED, markersize=11, markeredgewidth=1.6)
        if factor["u"] is not None:
            axes.plot(factor["u"], position, "o", color=FEASIBILITY, markersize=6)
        else:
            axes.annotate(
                "not known",
                (0.02, position),
                va="center",
                fontsize=7.5,
                color=MUTED,
                style="italic",
                backgroundcolor="white",
            )
    axes.set_xlim(-0.02, 1.02)
    figure.supxlabel("0 to 1, further right is better; tick: median of the candidates", fontsize=8, color=MUTED)
    _label_rows(axes, [factor["label"] for factor in factors])
    return _png(figure)


def _new_figure(height: float) -> tuple[Figure, Axes]:
    """Return an empty figure without a display and without the global state of pyplot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), dpi=200, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.tick_params(colors=INK, labelsize=8, length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LINE)
    return figure, axes


def _label_rows(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), labels, fontsize=8)
    axes.set_ylim(len(labels) - 0.4, -0.6)


def _png(figure: Figure) -> bytes:
    written = BytesIO()
    # Without the date that it would write, the same content gives the same bytes.
    figure.savefig(written, format="png", metadata={"Software": None, "Creation Time": None})
    return written.getvalue()
