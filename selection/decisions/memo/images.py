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

INK, MUTED, LINE, FEASIBILITY = "#1b1b1b", "#565c65", "#c6cace", "#2e6276"
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
    """Image with its caption and its alternative text.

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
    """Draw the rank of each candidate with those it takes in 90% of the draws, beside its score; None without ranks."""
    ranked = [row for row in rows if row["rank"] is not None][:SHOWN]
    if not ranked:
        return None
    ranges = "; ".join(
        f"{row['country']}: rank {row['rank']}{_range(row)}, score {formats.number(row['score'], 1)}" for row in ranked
    )
    caption = "Rank of each candidate, the ranks that it takes in 90% of the draws, and its score"
    alt = f"Chart of the rank of each candidate with its ranks in 90% of the draws. {ranges}."
    shown = [{name: row[name] for name in ("country", "rank", "low", "high", "score")} for row in ranked]
    return Picture(caption, alt, _draw_ranking, shown)


def _range(row: Mapping[str, Any]) -> str:
    if row["low"] is None or row["high"] is None:
        return ", no draws"
    return f", {formats.span(str(row['low']), str(row['high']), prose=True)} in 90%"


def _draw_ranking(ranked: Sequence[Mapping[str, Any]]) -> bytes:
    figure, axes = _new_figure(0.8 + 0.24 * len(ranked))
    last = max(row["rank"] if row["high"] is None else max(row["rank"], row["high"]) for row in ranked)
    for position, row in enumerate(ranked):
        rank = row["rank"]
        low, high = (rank if row[end] is None else row[end] for end in ("low", "high"))
        axes.plot((low, high), (position, position), color=INK, linewidth=2, solid_capstyle="butt")
        axes.plot(rank, position, "o", color=FEASIBILITY, markersize=6)
        axes.annotate(
            formats.number(row["score"], 1),
            (max(high, rank), position),
            (8, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            fontweight="bold",
        )
    axes.set_xlim(0.6, last + 0.6)
    axes.set_xticks(range(1, last + 1, max(1, last // 10)))
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    figure.supxlabel(
        "Rank; the line is its range in 90% of the draws, and the number the score", fontsize=8, color=MUTED
    )
    _label_rows(axes, [row["country"] for row in ranked])
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
