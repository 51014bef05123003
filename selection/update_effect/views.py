"""Parts of the page of an update about the ranking, and the page of all ranks before and after."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cpc.accounts.access import requires, user_of
from cpc.accounts.permissions import Permission
from cpc.web.lists import OpenList, listing
from cpc.web.tables import export_format
from indicators.models import Country, Import, Publication, Update
from indicators.services import Asked, EffectParts
from selection.models import EffectState, UpdateEffect
from selection.update_effect.found import Found
from selection.update_effect.presenters import EFFECT_LIST, EffectText, effect_table
from selection.update_effect.queries import basis_now, effect_for, imports_text, latest_effect
from selection.update_effect.services import is_being_computed


def effect_parts(request: HttpRequest, asked: Asked) -> EffectParts | None:
    """Return the effect of an update on the ranking; None before the first ranking, or for whoever sees none.

    An effect on other files, on earlier data, or of another day is never shown as that of these files.
    """
    basis = basis_now()
    if basis is None or not user_of(request).allows(Permission.VIEW_RANKINGS):
        return None
    effect = effect_for(asked.update, asked.imports, basis)
    is_computing = effect is not None and effect.state != EffectState.DONE and is_being_computed(effect)
    if effect is None or not effect.found:
        context = {
            "is_computing": is_computing,
            "error": effect.error if effect is not None else "",
            "later": _later(asked),
            "count": len(asked.imports),
        }
        answer = render_to_string("selection/update_effect/_missing.html", context, request=request)
        return EffectParts(is_known=False, is_computing=is_computing, answer=mark_safe(answer))  # noqa: S308  # escaped
    text = _text(effect)
    context = _context(effect, text, is_computing=is_computing) | {"asked": asked}
    parts = {
        name: mark_safe(render_to_string(f"selection/update_effect/_{name}.html", context, request=request))  # noqa: S308  # escaped
        for name in ("answer", "detail")
    }
    return EffectParts(
        is_known=True,
        is_computing=is_computing,
        answer=parts["answer"],
        detail=parts["detail"],
        alone=text.alone(dict(Country.objects.values_list("code", "name"))),
        alone_label=f"Alone, in the first {text.found.first}",
    )


def _later(asked: Asked) -> list[Publication]:
    """Return what was published since the newest effect of the same files was computed."""
    latest = latest_effect(asked.update)
    if latest is None or latest.imports != imports_text(asked.imports) or latest.as_of >= asked.number:
        return []
    return list(Publication.objects.filter(seq__gt=latest.as_of).select_related("batch__source").order_by("seq"))


def _text(effect: UpdateEffect) -> EffectText:
    found = Found.from_dict(effect.found)
    numbers = {int(pk) for pk in effect.imports.split(",")} | found.alone.keys()
    batches = list(Import.objects.filter(pk__in=numbers).select_related("source"))
    sources = Counter(batch.source_id for batch in batches)
    return EffectText(found, {batch.pk: _title(batch, is_one=sources[batch.source_id] == 1) for batch in batches})


def _title(batch: Import, *, is_one: bool) -> str:
    """Return the source of an import, with its file if others of the update are of the same source."""
    if batch.source is None:
        return batch.file_name
    return batch.source.title if is_one else f"{batch.source.title}: {batch.file_name}"


def _context(effect: UpdateEffect, text: EffectText, *, is_computing: bool) -> dict[str, Any]:
    found = text.found
    table = effect_table(text)
    return {
        "effect": effect,
        "found": found,
        "text": text,
        "table": table,
        "rows": text.shown,
        "count": effect.imports.count(",") + 1,
        "figures": found.figures,
        "decides": text.titles.get(text.deciding or 0, ""),
        "is_computing": is_computing,
        "is_cut_short": effect.state != EffectState.DONE and not is_computing,
    }


@never_cache
@require_safe
@requires(Permission.IMPORT_DATA)
@listing(EFFECT_LIST)
def ranks(request: HttpRequest, shown: OpenList, pk: int) -> HttpResponseBase:
    """Show the rank of every country before and after publishing the files of the newest effect, also as a file."""
    update = get_object_or_404(Update, pk=pk)
    effect = latest_effect(update)
    if effect is None or not effect.found:
        raise Http404
    text = _text(effect)
    rows = list(text.found.rows)
    table = shown.table(effect_table(text, of_all=True))
    if kind := export_format(request):
        return shown.export(kind, rows, f"update-{update.pk}-ranks")
    shown.counted(len(rows))
    context = _context(effect, text, is_computing=False) | {"update": update, "shown": shown, "table": table}
    context |= {"rows": rows}
    return render(request, "selection/update_effect/ranks.html", context)
