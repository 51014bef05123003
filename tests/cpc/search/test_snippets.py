"""Snippets: the sentence, its cut, its HTML, and the part of an address that leads to it."""

from __future__ import annotations

import pytest

from cpc.search.snippets import HIDDEN_SIGNS, LONGEST, START, STOP, snippet_of


def marked(text: str) -> str:
    """Put the marks of PostgreSQL for the brackets of a test."""
    return text.replace("[", START).replace("]", STOP)


@pytest.mark.parametrize(
    ("headline", "html"),
    [
        ("Work. Boys pick [cocoa]. Girls sew.", "Boys pick <mark>cocoa</mark>."),
        ("[Cocoa] only. Boys pick [cocoa] in [Ghana].", "Boys pick <mark>cocoa</mark> in <mark>Ghana</mark>."),
        ("[Cocoa] [cocoa]. [Cocoa] in [Ghana].", "<mark>Cocoa</mark> in <mark>Ghana</mark>."),
        (
            "Child [labor]. No [child] is at [labor]. A [child] [labor] law.",
            "A <mark>child</mark> <mark>labor</mark> law.",
        ),
        ("A title\n[Cocoa]", "<mark>Cocoa</mark>"),
        ("He paid $1.5 for [cocoa]", "He paid $1.5 for <mark>cocoa</mark>"),
        (f"[cocoa]{HIDDEN_SIGNS}coffee", "<mark>cocoa</mark>/&lt;&gt;&amp;coffee"),
        ("<b>[cocoa]</b> & \"tea\" 'x'", "&lt;b&gt;<mark>cocoa</mark>&lt;/b&gt; &amp; &quot;tea&quot; &#x27;x&#x27;"),
        ("<mark>no</mark> [<script>]", "&lt;mark&gt;no&lt;/mark&gt; <mark>&lt;script&gt;</mark>"),
        ("Nothing is marked.", ""),
        ("", ""),
    ],
)
def test_the_sentence_with_most_different_terms_is_shown_and_escaped(headline: str, html: str) -> None:
    assert snippet_of(marked(headline)).html == html


@pytest.mark.parametrize("before", [0, 10, 89, 90, 91, 150, 400])
@pytest.mark.parametrize("after", [0, 10, 165, 166, 400])
def test_a_long_sentence_is_cut_around_its_first_term(before: int, after: int) -> None:
    text = f"{'a ' * before}[cocoa]{' z' * after}"
    snippet = snippet_of(marked(text))
    assert [piece.text for piece in snippet.pieces if piece.is_marked] == ["cocoa"]
    assert len(snippet.text) <= LONGEST + len("…  …")
    whole = len(text) - 2 <= LONGEST
    assert (snippet.text == text.replace("[", "").replace("]", "")) is whole
    assert not set(snippet.text) & {START, STOP, *HIDDEN_SIGNS}


def test_a_text_without_spaces_is_cut_too() -> None:
    snippet = snippet_of(marked("x" * 5000 + "[cocoa]" + "y" * 5000))
    assert 0 < len(snippet.text) <= LONGEST + len("…  …")


def test_stray_marks_of_a_text_are_dropped() -> None:
    assert snippet_of(f"{STOP}a{START}b{STOP}{START}c").html == "a<mark>b</mark>c"


@pytest.mark.parametrize(
    ("headline", "fragment"),
    [
        ("Boys [pick] cocoa.", ":~:text=Boys%20pick%20cocoa."),
        ("One two three four five six [seven]", ":~:text=One%20two%20three%20four%20five%20six"),
        ("A well-known [farm], here & there", ":~:text=A%20well%2Dknown%20farm%2C%20here%20%26%20there"),
        ("None", ""),
    ],
)
def test_the_address_leads_to_the_first_terms_of_the_sentence(headline: str, fragment: str) -> None:
    assert snippet_of(marked(headline)).fragment == fragment
