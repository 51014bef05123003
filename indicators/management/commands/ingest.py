"""`manage.py ingest FILE...`: receive files, read them up to their preview, and publish them on request."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cpc import request_context
from cpc.plausible import is_plausible
from cpc.web import formats
from indicators.imports.changes import Changes, changes_of
from indicators.imports.definitions import changed_definitions
from indicators.imports.publishing import FieldsNotRead, NotPublishable, discard, publish, publish_together
from indicators.imports.queries import issues_of
from indicators.imports.reading import Choice, refresh
from indicators.imports.receiving import receive_path
from indicators.models import Import, ImportState, Publication
from indicators.sources import registry
from indicators.sources.base import Severity
from indicators.sources.documents import UnreadableFile
from indicators.tasks import read_import

NAMED = 5
"""Rejected cells that the report names."""
LISTED = 20
"""Changed values that the report names."""


class Command(BaseCommand):
    """Import of publishers' files.

    Nothing is published without --publish; the same file again changes nothing.
    """

    help = "Receive publishers' files, show what publishing would change, and publish them with --publish."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--source", default="", metavar="KEY", help="the source, if the file does not show it")
        parser.add_argument("--edition", default="", metavar="LABEL", help="the edition, if the file does not show it")
        parser.add_argument(
            "--published-on",
            type=self._day,
            metavar="DAY",
            help="the date on which the edition was released, such as 2026-09-30, if the file does not show it",
        )
        parser.add_argument("--dated-by", default="", metavar="WORDS", help="source of that date")
        parser.add_argument("--publish", action="store_true", help="publish the rows that can be published")
        parser.add_argument(
            "--partial",
            action="store_true",
            help="with --publish: publish a file even if some of its fields were not read",
        )
        parser.add_argument(
            "--together",
            action="store_true",
            help="with --publish: publish all files together, or none of them",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")

    @staticmethod
    def _day(text: str) -> date:
        """Parse a day of publication. Raises `ArgumentTypeError` for an invalid day."""
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or not is_plausible(day) or day > timezone.localdate():
            raise ArgumentTypeError(f"{text!r} is not a publication date up to today; write it as 2026-09-30")
        return day

    def handle(self, *args: Any, **options: Any) -> None:
        """Import each file; continue after an unreadable one, but fail at the end."""
        known = {s.key for s in registry.sources()} | {a.key for a in registry.ADAPTERS}
        if options["source"] and options["source"] not in known:
            raise CommandError(f"no source {options['source']!r}; choose one of {', '.join(sorted(known))}")
        missing = [str(path) for path in options["files"] if not path.exists()]
        if missing:
            raise CommandError(f"not found: {', '.join(missing)}")
        choice = Choice(options["source"], options["edition"], options["published_on"], options["dated_by"])
        together = options["together"] and options["publish"]
        with request_context.acting("command"):
            publish_it = options["publish"] and not together
            reports = [self._take(path, choice, publish_it, options["partial"]) for path in options["files"]]
            if together:
                reports = self._published_together(options["files"], reports)
        if options["json"]:
            self.stdout.write(json.dumps({"imports": reports}, indent=2, ensure_ascii=False))
        else:
            for report in reports:
                self.stdout.write(self._sentence(report))
        failed = [r["file"] for r in reports if r["state"] == ImportState.FAILED]
        if failed:
            raise CommandError(f"could not be read, so nothing was imported: {', '.join(failed)}")
        unpublished = [r["file"] for r in reports if r["error"] and r["error"]["code"] == FieldsNotRead.code]
        if unpublished:
            raise CommandError(
                f"not published, because some fields were not read: {', '.join(unpublished)}; add --partial to publish"
            )

    def _take(self, path: Path, choice: Choice, publish_it: bool, partial: bool) -> dict[str, Any]:
        try:
            receipt = receive_path(path=path, actor=None)
        except UnreadableFile as fault:
            error = {"code": fault.code.value, "message": fault.message, "remedy": fault.remedy}
            return {"file": path.name, "state": ImportState.FAILED.value, "new_file": True, "error": error}
        batch = receipt.batch
        if batch.state == ImportState.PREVIEW and (self._read_otherwise(batch, choice) or changed_definitions(batch)):
            # The file is at its preview from an earlier reading; the source or edition named now must not be ignored,
            # nor what another file has redefined since.
            discard(batch_id=batch.pk, actor=None)
            receipt = receive_path(path=path, actor=None)
            batch = receipt.batch
        if batch.state in (ImportState.RECEIVED, ImportState.READING):
            # Run the worker's task in this process: a script waits for its end and its report.
            read_import.apply(kwargs={"batch_id": batch.pk, **choice.as_arguments()}, throw=True)
            batch.refresh_from_db()
        elif batch.state == ImportState.PREVIEW:
            # Other imports may have been published since this one was read.
            batch = refresh(batch_id=batch.pk)
        publication = None
        if publish_it and batch.state == ImportState.PREVIEW:
            try:
                outcome = publish(batch_id=batch.pk, actor=None, partial=partial)
            except FieldsNotRead as fault:
                error = {"code": fault.code, "message": str(fault), "remedy": "On the command line, add --partial."}
                return self._report(path, batch, receipt.is_new) | {"error": error}
            # Another process may have published it first; only the outcome shows which did.
            batch, publication = outcome.batch, outcome.publication
        return self._report(path, batch, receipt.is_new, publication)

    def _published_together(self, paths: Sequence[Path], reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Publish the files that were just read, or none if one of them can't be, and report them again."""
        waiting = [report["import"] for report in reports if report["state"] == ImportState.PREVIEW]
        if any(report["state"] == ImportState.FAILED for report in reports):
            return reports
        try:
            made = {
                publication.batch_id: publication for publication in publish_together(batch_ids=waiting, actor=None)
            }
        except NotPublishable as fault:
            raise CommandError(f"nothing was published: {fault}") from fault
        return [
            self._report(path, made[report["import"]].batch, report["new_file"], made[report["import"]])
            if report.get("import") in made
            else report
            for path, report in zip(paths, reports, strict=True)
        ]

    @staticmethod
    def _read_otherwise(batch: Import, choice: Choice) -> bool:
        """Return True if the preview was read as another source or edition than the one named now."""
        known_as = (batch.adapter, batch.source.key if batch.source else "")
        other_day = choice.published_on not in (None, batch.published_on)
        return (
            (choice.source != "" and choice.source not in known_as)
            or choice.edition not in ("", batch.edition)
            or other_day
        )

    @staticmethod
    def _report(path: Path, batch: Import, is_new: bool, publication: Publication | None = None) -> dict[str, Any]:
        shows_changes = publication is not None or batch.state == ImportState.PREVIEW
        changes = changes_of(batch, publication, limit=LISTED) if shows_changes else Changes((), 0)
        error = {"code": batch.error_code, "message": batch.error_message, "remedy": batch.error_remedy}
        return {
            "file": path.name,
            "import": batch.pk,
            "state": batch.state,
            "new_file": is_new,
            "published_now": publication is not None,
            "source": batch.source.key if batch.source else "",
            "edition": batch.edition,
            "published_on": batch.published_on.isoformat() if batch.published_on else None,
            "dated_by": batch.dated_by,
            "layout": batch.layout,
            "rows_read": batch.rows_read,
            "counts": batch.counts,
            "changes": [asdict(change) | {"text": change.sentence} for change in changes.shown],
            "changes_not_listed": changes.more,
            "rejected": [str(issue) for issue in issues_of(batch, severity=Severity.REJECTED)[:NAMED]],
            "fields": batch.fields,
            "error": error if batch.error_code else None,
        }

    @staticmethod
    def _sentence(report: dict[str, Any]) -> str:
        name = report["file"]
        if report["error"]:
            return f"{name}: {report['error']['message']} {report['error']['remedy']}"
        if report["state"] == ImportState.PUBLISHED and not report["published_now"]:
            return f"{name}: the same file was already published as import {report['import']}; 0 changes."
        counts = report["counts"]
        values = ", ".join(
            f"{counts.get(key, 0):,} {word}"
            for key, word in (
                ("new", "new"),
                ("changed", "changed"),
                ("unchanged", "unchanged"),
                ("older", "from an older edition, stored but not used"),
            )
            if counts.get(key) or key == "new"
        )
        others = "".join(
            f" {word}: {counts[key]:,}."
            for key, word in (("narratives", "Narratives"), ("rejected", "Rejected"), ("warning", "Warnings"))
            if counts.get(key)
        )
        state = "ready for review; publish it with --publish" if report["state"] == "preview" else report["state"]
        rows = f"{formats.count_of(report['rows_read'], 'row')} read"
        lines = [f"{name}: import {report['import']}, {state}. {rows}. Values: {values}.{others}"]
        lines += [f"  {change['text']}" for change in report["changes"]]
        if report["changes_not_listed"]:
            lines.append(f"  and {report['changes_not_listed']:,} more: page Data, Imports, import {report['import']}.")
        lines += [f"  {issue}" for issue in report["rejected"]]
        if counts.get("rejected", 0) > len(report["rejected"]):
            lines.append(f"  All of them: page Data, Imports, import {report['import']}.")
        return "\n".join(lines)
