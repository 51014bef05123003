"""Amounts against a limit, and a result against its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cpc.web import formats
from cpc.web.charts.figure import Chart, ChartColumn, ChartTable, LegendItem, at_both_widths, legend_of
from cpc.web.charts.labels import within
from cpc.web.charts.metrics import width as text_width
from cpc.web.charts.scale import Scale, linear
from cpc.web.charts.svg import Svg, circle, decoration, line, mark, rect, swatch, text

Amount = Decimal | float | None
WIDE, NARROW = 762.0, 324.0


@dataclass(frozen=True, slots=True)
class Money:
    """Amounts of one partnership in U.S. dollars. None is unknown, not zero.

    `stated` is the latest public statement of a total, for a partnership without a ledger. `limit` is the policy's
    limit, `exception` the higher one that an exception allows.
    """

    planned: Amount
    limit: Decimal | float
    obligated: Amount = None
    disbursed: Amount = None
    stated: Amount = None
    exception: Amount = None

    def __post_init__(self) -> None:
        for name, amount in self.amounts:
            if amount is not None and amount < 0:
                raise ValueError(f"{name} is {amount}; an amount against a limit is zero or more.")

    @property
    def amounts(self) -> list[tuple[str, Amount]]:
        """Return the label and amount of each mark, in the order of the companion table."""
        return [
            ("Planned", self.planned),
            ("Obligated", self.obligated),
            ("Disbursed", self.disbursed),
            ("Highest statement", self.stated),
        ]

    @property
    def most(self) -> float:
        amounts = (self.limit, self.exception, *(amount for _, amount in self.amounts))
        return max(float(amount) for amount in amounts if amount is not None)

    @property
    def is_known(self) -> bool:
        return any(amount is not None for _, amount in self.amounts)


def money_row(money: Money, *, top: float, width: float = 220, height: float = 22) -> Svg:
    """Draw the amounts in a table row that also shows them as text; all rows share the scale 0 to `top` dollars."""
    scale = linear(0, max(top, 1), 0, width)
    body = [rect(0, 6, width, 10, "k-track2", rx=1), *_bars(money, scale, 6, 10, 2.5), *_posts(money, scale, 1, 21)]
    return decoration(width, height, body)


def money_card(money: Money, *, width: float = 330) -> Svg:
    """Draw the amounts on a card that also shows them as text, with the limits written above their posts."""
    top = money.most * 1.06
    scale = linear(0, max(top, 1), 1, width - 1)
    body = [line(1, 32, width, 32, "k-axis"), *_bars(money, scale, 18, 14, 3), *_posts(money, scale, 13, 36)]
    return decoration(width, 38, [*body, *_post_labels(money, scale, width, ("", ""))])


def money_figure(key: str, title: str, finding: str, context: str, money: Money) -> Chart:
    """Draw the amounts as a figure, wide and narrow, with a table of the same amounts to the cent."""
    amounts = [f"{name.lower()} {formats.money(amount)}" for name, amount in money.amounts if amount is not None]
    amounts.append(f"limit {formats.money(money.limit)}")
    amounts += [f"exception {formats.money(money.exception)}"] if money.exception is not None else []
    wide, narrow = at_both_widths(
        lambda width: (width, 72, _figure_body(money, width)),
        WIDE,
        NARROW,
        key=key,
        title=title,
        desc=f"{', '.join(amounts)}.",
    )
    return Chart(finding, context, wide, money_table(title, money), narrow=narrow, legend=money_legend([money]))


def money_table(caption: str, money: Money) -> ChartTable:
    binding = Decimal(str(money.exception if money.exception is not None else money.limit))
    rows = [("Limit", formats.dollars(money.limit), formats.DASH)]
    if money.exception is not None:
        rows.append(("Exception", formats.dollars(money.exception), formats.DASH))
    for name, amount in money.amounts:
        if name == "Highest statement" and amount is None:
            continue
        part = None if amount is None else Decimal(str(amount)) / binding if binding else None
        rows.append((name, formats.dollars(amount) if amount is not None else "Not recorded", formats.share(part)))
    columns = (
        ChartColumn("Amount"),
        ChartColumn("U.S. dollars", numeric=True),
        ChartColumn("Share of the limit in force", numeric=True),
    )
    return ChartTable(caption, columns, tuple(rows))


def money_legend(shown: Sequence[Money]) -> tuple[LegendItem, ...]:
    """Return the legend of only the marks that these amounts use."""
    has_exception = any(money.exception is not None for money in shown)
    return legend_of(
        [
            (any(money.planned is not None for money in shown), swatch("k-plan"), "Planned"),
            (any(money.obligated is not None for money in shown), swatch("k-obl"), "Obligated"),
            (any(money.disbursed is not None for money in shown), swatch("k-dis"), "Disbursed"),
            (any(money.stated is not None for money in shown), swatch("k-stated"), "Highest statement"),
            (any(_excess_over_limit(money) for money in shown), swatch("k-over"), "Over the limit"),
            (any(not money.is_known for money in shown), swatch("k-gap"), "Not recorded"),
            (shown, mark(6, 14, line(3, 0, 3, 14, "k-limit")), "Limit"),
            (has_exception, mark(6, 14, line(3, 0, 3, 14, "k-exc")), "Exception"),
        ]
    )


def bullet(
    *, baseline: Amount, target: Amount, actual: Amount, whole: Amount, width: float = 230, height: float = 26
) -> Svg:
    """Draw a result in a row that also shows it as text: the whole term's target as an outline, the result as a bar.

    A post is the target to date, a ring the baseline. Without a result the outline is hatched. Decreasing targets are
    drawn on the same scale from zero: the bar should then end left of the post. Raises `ValueError` for a negative
    amount.
    """
    known = [float(amount) for amount in (baseline, target, actual, whole) if amount is not None]
    if any(amount < 0 for amount in known):
        raise ValueError("A bullet starts at zero; show what can be negative as a line.")
    scale = linear(0, max(known, default=1.0) * 1.04 or 1.0, 0, width)
    end = scale(float(whole)) if whole is not None else width
    body = [rect(0.5, 7, max(end - 1, 0), 12, "k-track3", rx=1)]
    if actual is None:
        body.append(rect(0.5, 9.5, max(end - 1, 0), 7, "k-gap"))
    else:
        body.append(rect(0, 10, scale(float(actual)), 6, "k-dis"))
    if target is not None:
        body.append(line(scale(float(target)), 3, scale(float(target)), 23, "k-target"))
    if baseline is not None:
        body.append(circle(within(scale(float(baseline)), 8, 0, width), 13, 3, "k-base"))
    return decoration(width, height, body)


def part_bar(value: Amount, most: Amount, *, width: float = 110, height: float = 10) -> Svg:
    """Draw one part of a whole in a row that also shows it as text, on the scale of the largest part."""
    long = width * float(value or 0) / float(most) if most else 0.0
    return decoration(width, height, [rect(0, 2, width, 6, "k-track2", rx=1), rect(0, 2, long, 6, "k-dis")])


def bullet_legend() -> tuple[LegendItem, ...]:
    return (
        LegendItem(swatch("k-track3"), "Target, whole term"),
        LegendItem(swatch("k-dis"), "Actual"),
        LegendItem(mark(8, 14, line(4, 0, 4, 14, "k-target")), "Target to date"),
        LegendItem(mark(12, 12, circle(6, 6, 3.5, "k-base")), "Baseline"),
        LegendItem(swatch("k-gap"), "No data"),
    )


# ---- parts ---------------------------------------------------------------------------------------------------------


def _excess_over_limit(money: Money) -> float:
    """Return how far the largest known amount exceeds the policy's limit; 0 if it does not."""
    known = [float(amount) for _, amount in money.amounts if amount is not None]
    return max(max(known, default=0.0) - float(money.limit), 0.0)


def _bars(money: Money, scale: Scale, y: float, height: float, inset: float) -> list[Svg]:
    """Draw planned as an outline, the range beyond the limit hatched, then obligated, disbursed, or stated amounts."""
    if not money.is_known:
        return [rect(scale(0) + 0.5, y + 0.5, scale(float(money.limit)) - scale(0) - 1, height - 1, "k-gap")]
    start = scale(0)
    body: list[Svg] = []
    if money.planned is not None:
        body.append(rect(start + 0.6, y + 0.6, scale(float(money.planned)) - start - 1.2, height - 1.2, "k-plan", rx=1))
    excess = _excess_over_limit(money)
    if excess:
        left = scale(float(money.limit))
        body.append(rect(left, y + 0.6, scale(float(money.limit) + excess) - left, height - 1.2, "k-over"))
    for amount, style in ((money.stated, "k-stated"), (money.obligated, "k-obl"), (money.disbursed, "k-dis")):
        if amount is not None:
            body.append(rect(start + 0.6, y + inset, scale(float(amount)) - start - 0.6, height - 2 * inset, style))
    return body


def _posts(money: Money, scale: Scale, top: float, bottom: float) -> list[Svg]:
    body = [line(scale(float(money.limit)), top, scale(float(money.limit)), bottom, "k-limit")]
    if money.exception is not None:
        body.append(line(scale(float(money.exception)), top, scale(float(money.exception)), bottom, "k-exc"))
    return body


def _post_labels(money: Money, scale: Scale, width: float, prefixes: tuple[str, str]) -> list[Svg]:
    """Label the limits above their posts, inside the chart and without overlaps."""
    posts = [(float(money.limit), f"{prefixes[0]}{_short(money.limit)}")]
    if money.exception is not None:
        posts.append((float(money.exception), f"{prefixes[1]}{_short(money.exception)}"))
    body, free = [], width
    for amount, label in sorted(posts, reverse=True):
        wide = text_width(label, 12)
        middle = within(scale(amount), wide, 0, free)
        free = middle - wide / 2 - 8
        body.append(text(middle, 10, label, "k-ax", "middle"))
    return body


def _figure_body(money: Money, width: float) -> list[Svg]:
    scale = linear(0, max(money.most * 1.06, 1), 1, width - 1)
    body = [
        line(1, 48, width, 48, "k-axis"),
        *_bars(money, scale, 18, 30, 6),
        *_posts(money, scale, 13, 52),
        *_post_labels(money, scale, width, ("Limit ", "Exception ")),
        text(1, 68, "$0", "k-ax"),
    ]
    if money.disbursed:
        label = f"Disbursed {formats.money(money.disbursed)}"
        if text_width(label, 12) + 20 <= scale(float(money.disbursed)):
            body.append(text(10, 37.3, label, "k-bar k-bar--on"))
    outer, amount = ("Stated", money.stated) if money.obligated is None else ("Obligated", money.obligated)
    if amount is not None:
        label = f"{outer} {formats.money(amount)}"
        body.append(text(max(scale(float(amount)), 30 + text_width(label, 12)), 68, label, "k-lb", "end"))
    if not money.is_known:
        body.append(text(10, 37.3, "Not recorded", "k-v0 k-halo"))
    return body


def _short(amount: Decimal | float) -> str:
    """Return an amount with whole millions without a decimal, as a post is labeled $5M."""
    return formats.money(amount).replace(".0M", "M")
