"""No word of ours that a person reads is left out of the catalogues."""

import re
from pathlib import Path

import pytest

from tests.words.catalogues import ROOT, WEB, modules
from tests.words.found import Module, read

NOT_YET = ("rehearsal", "docs")
"""Folders of modules that are still to be converted."""

TRANSLATED_ALREADY = ("emoji_words.js",)
"""Tables of words in the other languages."""

ALONE = ("api.html", "api_parts.html", "demo.html", "person.html", "rehearsal.html", "widget.html")
"""With words of their own: the API reference, a shop, a file for a customer, and the visitor’s chat."""

HOW = "wrap it: t(…), n(…) or mix(…) of language.js; see docs/translating.md"


def place(file: Path, line: int) -> str:
    """Where it is, as editors open it."""
    return f"{file.relative_to(ROOT)}:{line}"


def test_no_word_of_a_page_is_left_out() -> None:
    left_out = [
        f"{place(file, one.line)}: {one.how}: “{one.texts[0].strip()[:80]}”"
        for file in modules()
        if file.parent.name not in NOT_YET and file.name not in TRANSLATED_ALREADY
        for one in read(file)
        if one.how.startswith(("bare", "odd"))
    ]
    assert left_out == [], HOW


_TAG = re.compile(
    r"\{% block page %\}.*?\{% endblock %\}"
    r"|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<(script|style)\b.*?</\1>|<!--.*?-->",
    re.DOTALL,
)
_READ = re.compile(
    r">([^<>]*[A-Za-z]{2}[^<>]*)<|(?:title|aria-label|placeholder|alt)=\"([^\"]*[A-Za-z]{2}[^\"]*)\""
)


def test_no_word_of_a_template_is_left_out() -> None:
    left_out = []
    for file in sorted((WEB / "templates").glob("*.html")):
        if file.name in ALONE:
            continue
        source = _TAG.sub(lambda found: "\n" * found[0].count("\n"), file.read_text())
        for found in _READ.finditer(source):
            said = (found[1] or found[2]).strip()
            if said.strip("· ") not in ("Parley", ""):
                left_out.append(f"{place(file, source.count(chr(10), 0, found.start()) + 1)}: “{said}”")
    assert left_out == [], 'write {{ _("…") }}; see docs/translating.md'


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("html`<p>Hello</p>`", "Hello"),
        ("html`<p>${a && html`<b title=${x}>Deep</b>`}</p>`", "Deep"),
        ('html`<input placeholder="Your name" />`', "Your name"),
        ('html`<p>${count} ${count === 1 ? "row" : "rows"}</p>`', "row"),
        ('ui.say("Saved", "good")', "Saved"),
        ("ui.say(`Saved: ${name}`)", "Saved: {}"),
        ('const NAMES = { new: "Not used yet" };', "Not used yet"),
        ('[{ label: "online", run }]', "online"),
        ('const size = a / b; say("After a division / of two")', "After a division / of two"),
        ('text.replace(/"`/g, ""); say("After a pattern")', "After a pattern"),
    ],
)
def test_a_word_that_is_left_out_is_found(source: str, said: str) -> None:
    assert said in [one.texts[0].strip() for one in Module(source).found() if one.how.startswith("bare")]


@pytest.mark.parametrize(
    "source",
    [
        'html`<p>${t("Hello")}</p>`',
        'html`<b class="one two" data-kind="some kind">${name}</b>`',
        'import { a } from "./some words.js";',
        'if (event.key === "Enter") go("/some/where")',
        "document.querySelector('.Some thing')",
        "html`<kbd>Esc</kbd> <code>parley up</code>`",
        "// A comment with “words”, and `ticks`\nconst a = 1;",
        'n("{count} row", "{count} rows", count)',
    ],
)
def test_what_nobody_reads_is_let_be(source: str) -> None:
    assert [one for one in Module(source).found() if one.how.startswith(("bare", "odd"))] == []
