"""Template tags of the page of a country."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from selection.runs import labels

register = template.Library()

register.filter("edition", labels.edition)


@register.simple_block_tag
def fold(content: SafeString, title: str, id: str, span: int = 12, aside: str = "", open: bool = False) -> SafeString:
    """Draw a panel that is closed on small screens, unless `open`; `span` is 0 inside a stack.

    On wide screens the panel is open. A link to `id` leads into the content, so that browsers open the panel on their
    own.
    """
    return format_html(
        '<section class="{0}c-panel" aria-labelledby="h-{1}"><details class="c-tuck"{2}>'
        '<summary class="c-panel__head"><h2 id="h-{1}">{3}</h2>{4}</summary>'
        '<div id="{1}">{5}</div></details></section>',
        f"l-{int(span)} " if span else "",
        id,
        SafeString(" open") if open else "",
        title,
        format_html("<p>{}</p>", aside) if aside else "",
        content,
    )
