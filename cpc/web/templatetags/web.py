"""Tags and filters of every page.

They are builtins: no template needs `{% load web %}`. docs/pages.md shows each of them with its call.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from cpc.accounts.access import user_of
from cpc.finding_targets import ANY, RecordKeys, target_of
from cpc.findings import Finding
from cpc.web import badges, fields, formats
from cpc.web.pages import all_pages

register = template.Library()

# ---- text ---------------------------------------------------------------------------------------------------------

_QUOTED = re.compile(r"`([^`\n]+)`")


@register.filter
def coded(text: str) -> SafeString:
    """Return text with the parts between backticks set as code."""
    return mark_safe(_QUOTED.sub(r"<code>\1</code>", conditional_escape(text)))  # noqa: S308  # escaped before


# ---- marks ---------------------------------------------------------------------------------------------------------


register.simple_tag(badges.icon)


@register.simple_tag(name="status")
def status_tag(kind: str, text: str, *, tag: bool = False, icon_name: str = "") -> SafeString:
    """Return a status: icon and text.

    `kind` is good, warn, bad, info, unknown, or none; `tag` adds a shaded ground.
    """
    if kind not in badges.ICONS:
        raise template.TemplateSyntaxError(f"status: {kind!r} is no kind; use one of {', '.join(badges.ICONS)}.")
    return badges.status(kind, text, tag=tag, icon_name=icon_name)


@register.simple_tag
def sample() -> SafeString:
    return mark_safe('<span class="c-sample">Sample</span>')  # a constant


@register.simple_tag
def source(publisher: str, edition: str, locator: str = "", url: str = "") -> SafeString:
    """Return publisher, edition, and the locator in the file, which links to the explanation of the value."""
    locator_link: str | SafeString = format_html("<code>{}</code>", locator) if locator else ""
    if url:
        locator_link = format_html('<a href="{}">{}</a>', url, locator_link or "Source")
    parts = ", ".join(part for part in (publisher, edition) if part)
    return format_html('<span class="c-source">{} {}</span>', parts, locator_link)


@register.simple_tag
def fact(term: str, value: Any, note: str = "") -> SafeString:
    small: str | SafeString = format_html("<small>{}</small>", note) if note else ""
    return format_html("<div><dt>{}</dt><dd>{}{}</dd></div>", term, value, small)


@register.simple_tag
def steps(names: Sequence[str], current: int, label: str = "Progress") -> SafeString:
    """Return a USWDS step indicator.

    `current` counts from 0; `len(names)` means that all steps are done.
    """
    states = {-1: ("--complete", " completed"), 0: ("--current", ""), 1: ("", " not started")}
    items = format_html_join(
        "",
        '<li class="usa-step-indicator__segment{}"{}><span class="usa-step-indicator__segment-label">{}{}</span></li>',
        (
            (
                f" usa-step-indicator__segment{style}" if style else "",
                mark_safe(' aria-current="step"') if index == current else "",
                name,
                format_html('<span class="u-sr">{}</span>', status) if status else "",
            )
            for index, name in enumerate(names)
            for style, status in [states[(index > current) - (index < current)]]
        ),
    )
    done = current >= len(names)
    now = "All steps are complete" if done else f"Step {current + 1} of {len(names)}: {names[current]}"
    return format_html(
        '<div class="usa-step-indicator" role="group" aria-label="{}"><ol class="usa-step-indicator__segments">{}</ol>'
        '<p class="u-narrow u-small u-strong">{}</p></div>',
        label,
        items,
        now,
    )


# ---- blocks --------------------------------------------------------------------------------------------------------


@register.simple_tag
def panel_head(title: str, aside: str = "", id: str = "", level: int = 2) -> SafeString:
    return format_html(
        '<div class="c-panel__head"><h{0}{1}>{2}</h{0}>{3}</div>',
        int(level),
        format_html(' id="{}"', id) if id else "",
        title,
        format_html("<p>{}</p>", aside) if aside else "",
    )


@register.simple_block_tag(name="panel")
def panel_block(content: SafeString, title: str, id: str, span: int = 12, aside: str = "", body: bool = True) -> Any:
    """Return a whole panel around its content.

    Use `body=False` for a table or list that fills the width.
    """
    return format_html(
        '<section class="l-{} c-panel" aria-labelledby="{}">{}{}</section>',
        span,
        id,
        panel_head(title, aside, id),
        format_html('<div class="c-panel__body">{}</div>', content) if body else content,
    )


@register.simple_block_tag
def alert(content: SafeString, kind: str = "info", role: str = "") -> SafeString:
    """Return a slim USWDS alert: info, success, warning, or error.

    Use `role="alert"` for the result of an action.
    """
    return format_html(
        '<div class="usa-alert usa-alert--{} usa-alert--slim"{}>'
        '<div class="usa-alert__body"><div class="usa-alert__text">{}</div></div></div>',
        kind,
        format_html(' role="{}"', role) if role else "",
        content,
    )


@register.simple_block_tag
def empty_state(
    content: SafeString, title: str, icon_name: str = "folder_open", level: int = 3, id: str = ""
) -> SafeString:
    """Return the message of an empty list: its purpose, why it is empty, and a next step."""
    return format_html(
        '<div class="c-empty">{0}<h{1}{2}>{3}</h{1}>{4}</div>',
        badges.icon(icon_name),
        int(level),
        format_html(' id="{}"', id) if id else "",
        title,
        content,
    )


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(here: str, *above: str) -> dict[str, Any]:
    """Return the breadcrumbs: `here`, then label and URL of each page above it, from the top."""
    if len(above) % 2:
        raise template.TemplateSyntaxError("breadcrumb: give a label and an address for each page above this one.")
    return {"here": here, "breadcrumbs": [("Home", reverse("home")), *zip(above[::2], above[1::2], strict=True)]}


@register.inclusion_tag("components/figure.html")
def figure(chart: Any, note: str = "") -> dict[str, Any]:
    return {"chart": chart, "note": note}


# ---- forms -----------------------------------------------------------------------------------------------


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, hint: str = "") -> dict[str, Any]:
    return fields.context(bound, hint)


@register.inclusion_tag("components/form_errors.html", takes_context=True)
def form_errors(
    context: template.Context, form: BaseForm, consequence: str = "Nothing was saved.", focus: bool = True
) -> dict[str, Any]:
    """Show the error summary above an invalid form, with links to each field and to the page that resolves the error.

    It takes the focus on load.
    """
    keys: RecordKeys = context.get("record_keys") or {}
    problems = [
        (
            *problem[:2],
            link_to_resolve(context["request"], problem.code, keys, any_code=not problem.control) if keys else None,
        )
        for problem in fields.problems(form)
    ]
    return {"consequence": consequence, "problems": problems, "focus": focus}


def link_to_resolve(
    request: HttpRequest, code: str, keys: RecordKeys, *, any_code: bool = True
) -> tuple[str, str] | None:
    """Return URL and label of the page for a code; None if there is none, it is this one, or the account can't open it.

    An account without the right to the page would only get an error there. Without `any_code`, only a page declared
    for this very code counts: an error at a field, such as a missing value, is resolved there.
    """
    target = target_of(code, keys)
    if target is None or (target.code == ANY and not any_code):
        return None
    page = next(page for page in all_pages() if page.name == target.name)
    url = target.url(keys)
    return None if url == request.path or not page.opens_for(user_of(request)) else (url, target.label)


@register.simple_tag(takes_context=True)
def finding_link(context: template.Context, code: str, keys: RecordKeys | None = None) -> SafeString | str:
    """Return the link to the page where a finding of this code is resolved; empty if there is none."""
    known: RecordKeys = (context.get("record_keys") or {}) if keys is None else keys
    link = link_to_resolve(context["request"], code, known)
    return format_html('<a href="{}">{}</a>', *link) if link else ""


@register.inclusion_tag("components/findings.html", takes_context=True)
def findings(
    context: template.Context,
    found: Iterable[Finding],
    keys: RecordKeys | None = None,
    lead: str = "",
    mark_warnings: bool = False,
) -> dict[str, Any]:
    """List findings, each with its source and a link to the page where it is resolved.

    `keys` are those of the page if not given. `lead` precedes each error.
    """
    known: RecordKeys = (context.get("record_keys") or {}) if keys is None else keys
    rows = [(finding, link_to_resolve(context["request"], finding.code, known)) for finding in found]
    return {"rows": rows, "lead": lead, "mark_warnings": mark_warnings}


# ---- figures and dates ---------------------------------------------------------------------------------------------


@register.simple_tag
def when(value: dt.date | None, style: str = "day") -> SafeString:
    """Return a `<time>`: style `day` (Nov 24, 2026), `deadline` (Fri, Dec 4), or `moment` (with the UTC time)."""
    if value is None:
        return SafeString(formats.DASH)
    if style == "moment":
        if not isinstance(value, dt.datetime):
            raise template.TemplateSyntaxError("when: the style 'moment' needs a date with a time.")
        label = formats.moment(value)
    else:
        label = {"day": formats.day, "deadline": formats.deadline}[style](value)
    machine = value.astimezone(dt.UTC).isoformat(timespec="seconds") if isinstance(value, dt.datetime) else value
    return format_html('<time datetime="{}">{}</time>', str(machine), label)


@register.filter
def number(value: formats.Number | None, places: int | None = 0) -> str:
    """Return `{{ count|number }}`, `{{ value|number:1 }}`: commas, true minus, en dash for None."""
    return formats.number(value, places)


@register.filter
def score(value: formats.Number | None) -> str:
    return formats.number(value, 1)


@register.filter
def normalized(value: formats.Number | None) -> str:
    return formats.number(value, 3)


@register.filter
def stderr(value: formats.Number | None) -> str:
    return formats.number(value, 2)


@register.filter
def dash(low: Any, high: Any) -> SafeString:
    """Return a range in a cell: `{{ low|dash:high }}` adds an en dash between."""
    return conditional_escape(formats.span(str(low), str(high)))


@register.filter
def count_of(count: formats.Number, noun: str) -> str:
    """Return `{{ 3|count_of:"country,countries" }}`, `{{ 3|count_of:"year" }}`: "3 countries", "3 years"."""
    one, _, many = noun.partition(",")
    return formats.count_of(count, one, many)


@register.filter
def agree(count: int, forms: str) -> str:
    """Return `{{ 3|agree:"item waits,items wait" }}`: "items wait"."""
    one, _, many = forms.partition(",")
    return formats.agree(count, one, many)


@register.filter
def listing(items: Sequence[str], last: str = "and") -> str:
    """Return `{{ names|listing }}`, `{{ names|listing:"or" }}`: "A, B and C"."""
    return formats.listing(items, last)


@register.filter
def missing(reason: str, year: int | None = None) -> str:
    """Return the text of a reason: `{{ reason|missing }}`, `{{ "stale"|missing:2015 }}` gives "Old: 2015"."""
    return formats.missing(str(reason), year)


register.filter("plain", formats.plain)
register.filter("spell_out", formats.spell_out)
register.filter("signed", formats.signed)
register.filter("share", formats.share)
register.filter("percent", formats.percent)
register.filter("money", formats.money)
register.filter("dollars", formats.dollars)
register.filter("day", formats.day)
register.filter("as_shown", formats.as_shown)
register.filter("deadline", formats.deadline)
register.filter("moment", formats.moment)
register.filter("relative", formats.relative_day)
register.filter("late_by", formats.late_by)
register.filter("fiscal_year", formats.fiscal_year)
