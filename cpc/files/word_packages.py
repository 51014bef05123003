"""An uploaded Word template: its kind and size, and the limits on its package (no macros, no external content)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

from django.core.files.base import File
from lxml import etree

from cpc.files.attachments import attachment_findings
from cpc.findings import Finding, Severity
from cpc.validation import field_error, reject

_RUNS = re.compile(
    r"/(?:embeddings|activeX|ctrls)/|vbaProject|vbaData|\.(?:bin|exe|dll|js|vbs|hta|scr)$", re.IGNORECASE
)
_FIELDS = re.compile(r"\b(?:DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK|DATABASE|MACROBUTTON)\b")
_FETCHED_INSIDE = ("/aFChunk", "/oleObject", "/control", "/attachedTemplate")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def template_bytes(file: File[bytes]) -> bytes:
    """Return an uploaded template.

    Raises `ValidationError` at the field `file`, with code `template` or those of `cpc.files.attachments`.
    """
    if not str(file.name or "").lower().endswith(".docx"):
        message = "The template must be a Word document. Save it as .docx and upload that file."
        raise field_error("file", message, "file_kind")
    reject(attachment_findings(file.name or "", file.size, file))
    data: bytes = file.read()
    reject(package_findings(data))
    return data


def package_findings(data: bytes) -> list[Finding]:
    """Return findings against the package of a Word document as a template; empty if it is accepted.

    The document passed `cpc.files.attachments`: it is a zip file of bounded size that holds a document.
    """
    with ZipFile(BytesIO(data)) as package:
        names = package.namelist()
        problems = [_no(f"it holds {name}") for name in names if _RUNS.search(name)]
        if len(set(names)) < len(names):
            problems.append(_no("two of its parts have the same name"))
        for name in names:
            if name.endswith((".xml", ".rels")):
                problems += [_no(f"{name} {what}") for what in _text_in(name, package.read(name))]
    return problems


def _text_in(name: str, part: bytes) -> Iterator[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        tree = etree.parse(BytesIO(part), parser)
    except etree.XMLSyntaxError as error:
        yield f"cannot be read ({error.msg})"
        return
    root = tree.getroot()
    if tree.docinfo.internalDTD is not None:
        yield "defines its own entities (DOCTYPE)"
    if name.endswith(".rels"):
        yield from (f"refers to {target}" for target in _fetched(root))
    elif name == "[Content_Types].xml" and b"macroEnabled" in part:
        yield "declares macros"
    else:
        instructions = "".join(str(each.text or "") for each in root.iter(f"{_W}instrText"))
        instructions += " ".join(str(each.get(f"{_W}instr") or "") for each in root.iter(f"{_W}fldSimple"))
        yield from (f"holds the field {word}" for word in sorted(set(_FIELDS.findall(instructions))))


def _fetched(root: etree._Element) -> Iterator[str]:
    """Yield the targets that Word would fetch on opening.

    A hyperlink fetches nothing until it is followed.
    """
    for row in root:
        kind, target = str(row.get("Type") or ""), str(row.get("Target") or "")
        outside = row.get("TargetMode") == "External" and not kind.endswith("/hyperlink")
        if outside or kind.endswith(_FETCHED_INSIDE):
            yield target


def _no(what: str) -> Finding:
    remedy = "Copy the text into a new document, save it as .docx, and upload it."
    return Finding("template", Severity.ERROR, f"The template was not accepted: {what}. {remedy}", "file")
