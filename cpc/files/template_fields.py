"""Check of a Word template before it is used: its placeholders against the fields that its document has.

    known = field_paths(sample)  # {"country", "programs", "programs.us_amount", ...}
    findings = field_findings(data, known, required, filters)

A placeholder is a path of fields: `{{ line.us_amount }}` in rows of `programs` is `programs.us_amount`. Each finding
names the placeholder and the paragraph that has it, or the one that is missing and what it is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from html import unescape
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError

from cpc.files.word_documents import NO_WORD_DOCUMENT, Filters, excerpt
from cpc.files.word_templates import NotAllowed, TemplateEnvironment
from cpc.findings import Finding

FIELD = "file"
OF_LOOPS = "loop"
"""The name under which rows that are repeated have their counters."""


@dataclass(frozen=True, slots=True)
class Required:
    """A part that a document must have: one of `any_of`, each a list of placeholders.

    `name` is the part at the beginning of a sentence, `citation` the law that asks for it, if one does.
    """

    name: str
    any_of: Sequence[Sequence[str]]
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Placeholder:
    path: str
    where: str


def field_paths(fields: Mapping[str, Any], before: str = "") -> set[str]:
    """Return the paths of complete sample fields; a list has those of its first row."""
    paths: set[str] = set()
    for name, value in fields.items():
        path = f"{before}{name}"
        paths.add(path)
        first = value[0] if isinstance(value, list | tuple) and value else value
        if isinstance(first, Mapping):
            paths |= field_paths(first, f"{path}.")
    return paths


def field_findings(
    data: bytes,
    known: Collection[str],
    required: Sequence[Required],
    filters: Filters,
) -> list[Finding]:
    """Return what is wrong with the placeholders of a Word template; empty if it is accepted."""
    environment = TemplateEnvironment(filters)
    found: list[Placeholder] = []
    try:
        parts = _parts(data)
    except (BadZipFile, PackageNotFoundError, KeyError, ValueError):
        return [Finding.error("document_template", NO_WORD_DOCUMENT, FIELD)]
    for part, xml in parts:
        # The source as it is parsed, so that the line of an error or a field is that of its paragraph in it.
        source = DocxTemplate(BytesIO(data)).patch_xml(xml)
        lines = source.split("\n")
        try:
            tree = environment.parse(source)
            environment.check(tree)
        except TemplateSyntaxError as error:
            return [_unreadable(f"{error.message or error}", _where(part, lines, error.lineno))]
        except SecurityError as error:
            line = error.lineno if isinstance(error, NotAllowed) else 1
            return [_unreadable(str(error), _where(part, lines, line))]
        found += [Placeholder(path, _where(part, lines, line)) for path, line in _paths(tree, {})]
    unknown = [placeholder for placeholder in found if placeholder.path not in known]
    return [*map(_unknown(known), unknown), *_missing(required, {placeholder.path for placeholder in found})]


def _parts(data: bytes) -> list[tuple[str, str]]:
    """Return the name and the XML of each part that is filled in, each paragraph beginning a line."""
    document = DocxTemplate(BytesIO(data))
    document.init_docx()
    parts = [("", document.get_xml())]
    for name, uri in (("header", document.HEADER_URI), ("footer", document.FOOTER_URI)):
        parts += [(name, document.get_part_xml(part)) for _, part in document.get_headers_footers(uri)]
    return [(name, re.sub(r"(?=<w:p[ >])", "\n", xml.replace("\n", " "))) for name, xml in parts]


def _where(part: str, lines: Sequence[str], line: int) -> str:
    text = excerpt(unescape(re.sub(r"<[^>]*>", " ", lines[min(line, len(lines)) - 1])))
    return f"in the {part or 'text'}, at “{text}”"


def _paths(node: nodes.Node, rows: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Yield the path and line of each field that is used; `rows` holds the list of each row that is repeated."""
    if isinstance(node, nodes.For):
        yield from _paths(node.iter, rows)
        inside = dict(rows)
        if isinstance(node.target, nodes.Name):
            inside[node.target.name] = _path(node.iter, rows) or ""
        for child in (*node.body, *node.else_):
            yield from _paths(child, inside)
        return
    path = _path(node, rows) if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem) else None
    if path is None:
        for child in node.iter_child_nodes():
            yield from _paths(child, rows)
    elif path and path.partition(".")[0] != OF_LOOPS:
        yield path, node.lineno


def _path(node: nodes.Node, rows: Mapping[str, str]) -> str | None:
    """Return the path of fields that an expression reads; None if it is no such path."""
    if isinstance(node, nodes.Name):
        return rows.get(node.name, node.name)
    if isinstance(node, nodes.Filter) and node.node is not None:
        return _path(node.node, rows)
    if isinstance(node, nodes.Getattr):
        before = _path(node.node, rows)
        return None if before is None else f"{before}.{node.attr}"
    if isinstance(node, nodes.Getitem):
        before, key = _path(node.node, rows), node.arg.value if isinstance(node.arg, nodes.Const) else 0
        return before if before is None or not isinstance(key, str) else f"{before}.{key}"
    return None


def _unreadable(error: str, where: str) -> Finding:
    message = f"The template cannot be read {where}: {error.rstrip('.')}. Correct it, and upload the file again."
    return Finding.error("document_template", message, FIELD)


def _unknown(known: Collection[str]) -> Callable[[Placeholder], Finding]:
    def finding(placeholder: Placeholder) -> Finding:
        near = get_close_matches(placeholder.path, known, n=1, cutoff=0.7)
        remedy = f"Did you mean “{near[0]}”?" if near else "The guide lists the fields of this document."
        message = f"“{placeholder.path}” {placeholder.where}, is not a field of this document. {remedy}"
        return Finding.error("document_template", message, FIELD)

    return finding


def _missing(required: Sequence[Required], used: Collection[str]) -> Iterator[Finding]:
    for part in required:
        if any(set(paths) <= set(used) for paths in part.any_of):
            continue
        lacks = min(([path for path in paths if path not in used] for paths in part.any_of), key=len)
        asked = f" ({part.citation})" if part.citation else ""
        named = " and ".join(f"“{path}”" for path in lacks)
        message = f"The template lacks {named}. {part.name}{asked}. Add what is missing, and upload the file again."
        yield Finding.error("document_template", message, FIELD)
