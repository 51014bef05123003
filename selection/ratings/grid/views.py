"""Pages of the rating grid: all candidates by all criteria, and one candidate with all its criteria."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from cpc.accounts.permissions import Permission
from cpc.files.upload_safety import UnreadableFile
from cpc.web import formats
from cpc.web.actions import Breadcrumbs
from cpc.web.sheets.blocks import UnreadableBlock
from selection.evidence.evidence_options import CandidateEvidence
from selection.page_frame import RoundAction, or_404
from selection.ratings import queries
from selection.ratings.grid import blocks, presenters, services
from selection.ratings.grid.entries import CellKey, Entry, tidy
from selection.ratings.grid.forms import GridForm, cell_of, sent_entries
from selection.ratings.grid.queries import RaterGrid, grid_of, unsaved_entries

FORMATS = {"xlsx": blocks.workbook, "tsv": blocks.tabbed}
HAND_IN = "hand_in"


class GridAction(RoundAction):
    """A page with cells of the grid. Complete cells are saved; the others are stored for their rater, and named.

    A POST has a `step`: save (the default), hand_in, store, discard, paste, upload, or set with a cell and its text.
    Only the first two write ratings.
    """

    permission = Permission.RATE
    form_class = GridForm
    stylesheet = "css/ratings.css"
    button = "Save"
    grid: RaterGrid
    entries: dict[CellKey, Entry]  # what the page shows instead of the record

    def load(self) -> None:
        super().load()
        self.grid = grid_of(self.round, self.actor)
        self.entries = unsaved_entries(self.grid)

    @property
    def step(self) -> tuple[str, str]:
        name, _, argument = self.request.POST.get("step", "save").partition(" ")
        return name, argument

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        name, argument = self.step
        if name == "discard":
            services.store_unsaved(selection_round=self.round, rater=self.actor, entries={})
            messages.success(request, "What was not saved is deleted.")
            return redirect(request.path)
        self.entries = sent_entries(self.grid, request.POST, self.entries)
        if name in ("save", HAND_IN):
            return super().post(request, *args, **kwargs)
        if name not in ("store", "paste", "upload", "set"):
            raise BadRequest(f"This page does not know the step “{name}”.")
        return self.store(name, argument)

    def perform(self, values: Mapping[str, Any]) -> str:
        outcome = services.save_grid(
            grid=self.grid, entries=self.entries.values(), actor=self.actor, hands_in=self.step[0] == HAND_IN
        )
        refused = {entry.key: entry for entry in outcome.refused}
        services.store_unsaved(selection_round=self.round, rater=self.actor, entries=refused)
        self.done = presenters.saved_sentence(outcome, self.grid)
        if not (outcome.saved or outcome.withdrawn or outcome.hand_in):
            self.unchanged = self.done
        return self.url_after([*refused])

    def url_after(self, refused: Sequence[CellKey]) -> str:
        """Return the page to go to: at the first refused cell, else at the cell in focus."""
        cell = refused[0] if refused else self.focused
        return f"{self.request.path}?cell={cell}" if cell else self.request.path

    @property
    def focused(self) -> CellKey | None:
        """Return the cell in focus, by the form or the URL."""
        return cell_of(self.grid, self.request.POST.get("at", "") or self.request.GET.get("cell", ""))

    # --- steps that write no rating -----------------------------------------------------------------

    def store(self, name: str, argument: str) -> HttpResponseBase:
        """Store what is not saved, with a block or a set cell over it."""
        try:
            if name == "paste":
                self.take_in(blocks.read_block(self.grid, self.request.POST.get("pasted", ""), self.focused))
            elif name == "upload":
                self.upload()
            elif name == "set":
                self.set_cell(argument)
        except UnreadableBlock as error:
            self.form.add_error(None, str(error))
        except UnreadableFile as error:
            self.form.add_error(None, f"{error.message} {error.remedy}")
        services.store_unsaved(selection_round=self.round, rater=self.actor, entries=self.entries)
        if not self.request.accepts("text/html"):
            return JsonResponse({"unsaved": [str(key) for key in self.entries]})
        return self.render() if self.form.non_field_errors() else redirect(self.url_after([]))

    def upload(self) -> None:
        file = self.request.FILES.get("workbook")
        if file is None:
            raise UnreadableBlock("Choose a workbook first.")
        self.take_in(blocks.read_file(self.grid, file))

    def take_in(self, block: blocks.Block) -> None:
        before = len(self.entries)
        self.entries = blocks.take_in(self.grid, self.entries, block.cells)
        differ = formats.count_of(len(self.entries), "cell")
        are = formats.agree(len(self.entries), "is", "are")
        read = formats.count_of(len(block.cells), "cell")
        messages.info(self.request, f"Read {read}; {differ} {are} not saved yet, {before} of them from before.")
        for problem in block.problems:
            messages.warning(self.request, problem)

    def set_cell(self, argument: str) -> None:
        name, _, text = argument.partition(" ")
        key = cell_of(self.grid, name)
        if key is None:
            raise BadRequest("There is no such cell.")
        self.entries = blocks.take_in(self.grid, self.entries, [blocks.Pasted(key, tidy(text))])

    # --- showing ------------------------------------------------------------------------------------

    def get_fresh_form(self) -> GridForm:
        return GridForm(initial=self.get_initial())

    def common(self) -> dict[str, Any]:
        """Return what both pages show: progress, and what is not saved."""
        count = len(self.grid.cells)
        return {
            "grid": self.grid,
            "lines": presenters.lines(self.grid, self.entries),
            "cells": count,
            "open_cells": count - self.grid.done,
            "unsaved": len(self.entries),
            "faults": presenters.faults(self.grid, self.entries),
            "showed": " ".join(map(str, self.entries)),
            "hand_ins": queries.hand_ins(self.round),
            "judges_apart": queries.judges_apart(self.round, self.actor),
            "path": self.request.path,
        }


class RatingGrid(GridAction):
    """The tab “Ratings” of a rater: candidates by criteria, with the evidence of the cell in focus."""

    template_name = "selection/ratings/grid.html"
    parameters = ("cell", "part", "format")
    here = "Ratings"

    def load(self) -> None:
        super().load()
        count, criteria = len(self.grid.rows), len(self.grid.criteria)
        self.kicker = f"{self.round} · {self.round.get_state_display().lower()}"
        self.heading = f"Rate {formats.spell_out(count).lower()} {formats.agree(count, 'candidate', 'candidates')}"
        self.intro = (
            f"What does the evidence say on {formats.spell_out(criteria).lower()} "
            f"{formats.agree(criteria, 'criterion', 'criteria')} that no publisher measures?"
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wanted := request.GET.get("format", ""):
            if wanted not in FORMATS:
                raise BadRequest(f"The grid is not available as {wanted}. It is available as xlsx or tsv.")
            return FORMATS[wanted](self.grid, self.entries)
        if "cell" in request.GET and self.focused is None:
            raise Http404
        if "part" in request.GET:
            return render(request, "selection/ratings/_cell.html", {"focus": self.focus(), "round": self.round})
        return self.render()

    def focus(self) -> presenters.Focus | None:
        key = self.focused or presenters.first_cell(self.grid, self.entries)
        if key is None:
            return None
        evidence = CandidateEvidence(self.grid.candidates[key.code])
        return presenters.focus(self.grid, key, self.entries.get(key), evidence)

    def get_context(self) -> dict[str, Any]:
        return (
            super().get_context()
            | self.common()
            | {
                "tab": "round-ratings",
                "focus": self.focus(),
                "heads": [(row.key, presenters.short_label(row), row.label) for row in self.grid.criteria],
            }
        )


class RateCandidate(GridAction):
    """All criteria of one candidate as one form: for phones, and for those who read one country at a time."""

    template_name = "selection/ratings/candidate_form.html"
    back = "round-ratings"
    code: str

    def load(self) -> None:
        super().load()
        self.code = or_404(next((code for code in self.grid.candidates if code == self.kwargs["code"]), None))
        self.heading = self.grid.candidates[self.code].country.name
        self.kicker = f"Ratings · {self.round}"
        self.intro = "How far has the government gone on each criterion, and on what evidence?"

    def redirect_reason(self) -> str:
        if self.round.is_open or self.request.method == "POST":
            return ""
        return f"You can't rate now: the round is {self.round.state_phrase}."

    def above(self) -> Breadcrumbs:
        return [("Ratings", reverse("round-ratings", args=[self.round.pk]))]

    def url_after(self, refused: Sequence[CellKey]) -> str:
        own = [key for key in refused if key.code == self.code]
        return f"{self.request.path}#q-{own[0].criterion}" if own else self.back_url

    def get_context(self) -> dict[str, Any]:
        keys = [key for key in self.grid.cells if key.code == self.code]
        evidence = CandidateEvidence(self.grid.candidates[self.code])
        found = [presenters.focus(self.grid, key, self.entries.get(key), evidence, draws=False) for key in keys]
        codes = [*self.grid.candidates]
        following = codes[codes.index(self.code) + 1 :]
        after = self.grid.candidates[following[0]] if following else None
        return (
            super().get_context()
            | self.common()
            | {
                "criteria": found,
                "done": sum(one.own is not None for one in found),
                "open_labels": [presenters.short_label(one.row) for one in found if one.own is None],
                "candidate": self.grid.candidates[self.code],
                "after": after,
            }
        )
