"""Malicious memo templates: rejected with an error message, without reading, writing, or waiting."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from pytest_django import Settings

from cpc.files.word_documents import TemplateNotUsable
from selection.decisions.memo import services as memo_services
from selection.decisions.memo.document import TEMPLATE, render_memo
from selection.decisions.memo.sample import SAMPLE
from selection.models import MemoTemplate
from tests.support.rounds import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(settings: Settings, tmp_path: Path) -> Office:
    settings.MEDIA_ROOT = tmp_path / "media"
    return Office()


def saying(text: str) -> bytes:
    """Return a template with one paragraph."""
    document = Document()
    document.add_paragraph(text)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def with_part(name: str, data: bytes, *, instead: bool = False) -> bytes:
    """Return the shipped template with an added or replaced part."""
    file = io.BytesIO()
    with zipfile.ZipFile(TEMPLATE) as shipped, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for part in shipped.namelist():
            if not (instead and part == name):
                made.writestr(part, shipped.read(part))
        made.writestr(name, data)
    return file.getvalue()


def upload(data: bytes, name: str = "memo.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def refused(office: Office, data: bytes, name: str = "memo.docx") -> str:
    """Return the error messages for a rejected memo template."""
    with pytest.raises(ValidationError) as caught:
        memo_services.take_template(file=upload(data, name), note="", actor=office.analyst)
    assert not MemoTemplate.objects.exists()
    return " ".join(caught.value.messages)


@pytest.mark.parametrize(
    "text",
    [
        "{{ ranking_picture.image.tpl.save('TARGET') }}",
        "{{ scorecard_pictures[0].image.tpl.docx.save('TARGET') }}",
        "{% set made = ranking_picture.image.tpl.new_subdoc('/etc/hostname') %}{{ made }}",
        "{{ ranking_picture.image.image_descriptor }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ round.format.__globals__ }}",
        "{{ '{0.__class__}'.format(round) }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ recommendations.append(1) }}",
    ],
)
def test_template_can_read_only_the_content_of_the_memo(office: Office, tmp_path: Path, text: str) -> None:
    target = tmp_path / "written.docx"
    message = refused(office, saying(text.replace("TARGET", str(target))))
    assert "The template cannot be filled" in message
    assert not target.exists()


@pytest.mark.parametrize(
    "text",
    [
        "{% for n in range(100000000) %}x{% endfor %}",
        "{% for a in range(50000) %}{% for b in range(50000) %}x{% endfor %}{% endfor %}",
        "{{ 'x' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'x'.ljust(1000000000) }}",
        "{{ lipsum(n=100000) }}",
        "{{ round|join(round)|join(round)|join(round) }}",
        "{% for a in ranking %}{% for b in ranking %}{% for c in ranking %}x{% endfor %}{% endfor %}{% endfor %}",
    ],
)
def test_a_template_that_would_not_end_is_refused_at_once(office: Office, text: str) -> None:
    began = time.monotonic()
    assert refused(office, saying(text))
    assert time.monotonic() - began < 20


def test_a_zip_that_unpacks_to_much_is_refused_before_it_is_unpacked(office: Office) -> None:
    bomb = with_part("word/media/picture.png", b"\0" * 300 * 1024**2)
    assert len(bomb) < 2 * 1024**2
    assert "unpack" in refused(office, bomb)


@pytest.mark.parametrize(
    "name",
    ["word/vbaProject.bin", "word/embeddings/oleObject1.bin", "word/activeX/activeX1.bin", "word/embeddings/a.exe"],
)
def test_macros_and_embedded_programs_are_refused(office: Office, name: str) -> None:
    assert refused(office, with_part(name, b"MZ"))


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("attachedTemplate", "https://elsewhere.example/t.dotm"),
        ("image", "https://elsewhere.example/pixel.png"),
        ("oleObject", "file:///etc/passwd"),
        ("frame", "\\\\elsewhere.example\\share"),
    ],
)
def test_template_with_external_content_is_rejected(office: Office, kind: str, target: str) -> None:
    relations = f"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId900"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"
 TargetMode="External"/></Relationships>"""
    message = refused(office, with_part("word/_rels/settings.xml.rels", relations.encode(), instead=True))
    assert target in message


def test_entities_are_not_resolved(office: Office) -> None:
    xml = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">
<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>&e;&b;</w:t>
</w:r></w:p></w:body></w:document>"""
    assert refused(office, with_part("word/document.xml", xml, instead=True))


def test_template_syntax_in_user_text_is_printed_as_text() -> None:
    content: dict[str, Any] = {**SAMPLE, "bottom_line": ["{{ 7 * 7 }} <w:p/> & </w:t> {% raise %}"]}
    document = Document(io.BytesIO(render_memo(content)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "49" not in text
    assert "{{ 7 * 7 }} <w:p/> & </w:t>" in text


def test_shipped_template_is_accepted_and_rendered(office: Office) -> None:
    memo_services.take_template(file=upload(TEMPLATE.read_bytes()), note="As shipped", actor=office.analyst)
    assert render_memo(SAMPLE)
    with pytest.raises(TemplateNotUsable):
        render_memo(SAMPLE, template=io.BytesIO(b"PK"))
