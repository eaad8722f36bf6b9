"""The words that the code has, the catalogues of their translations, and how the one becomes the other."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from inspect import getfile
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment
from jinja2.ext import babel_extract

from connectors.registry import KINDS
from inbox.http.channels_api import label_of
from tests.words.found import read

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
LOCALE = WEB / "locale"
TRANSLATED = ("it", "es", "hi")

PLURALS = {
    "it": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "hi": "nplurals=2; plural=(n > 1);",
}
"""So that the page's `Intl.PluralRules` and gettext's tools agree. Hindi counts 0 as one."""

_HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""
"""Without dates and names: who changed what and when is git's to tell."""

NOT_TRANSLATED = ("widget", "vendor", "demo")
"""The widget speaks to visitors from a table of its own (`widget/strings.js`), because it must stay small."""

_TOLD = ("Advice", "Problem", "_wrong")
"""What the studio says of the data; its words are the second argument."""

_FAILURES = ("saying.py", "workshop.py")
"""Where what is given back says why a job failed."""

GAPS = re.compile(r"\{\w+\}")


@dataclass
class Message:
    """A text for translation, and the files that have it."""

    text: str
    many: str | None = None
    context: str | None = None
    files: set[str] = field(default_factory=set)


def modules() -> list[Path]:
    """The modules of the pages that are translated."""
    found = sorted((WEB / "static").glob("*/*.js"))
    return [file for file in found if file.parent.name not in NOT_TRANSLATED]


@cache
def spoken() -> dict[tuple[str | None, str], Message]:
    """All texts of the code, by context and text."""
    found: dict[tuple[str | None, str], Message] = {}
    for file, (text, many, context) in (*_of_modules(), *_of_templates(), *_of_refusals(), *_of_channels()):
        message = found.setdefault((context, text), Message(text, many, context))
        message.many = message.many or many
        message.files.add(str(file.relative_to(ROOT)))
    return found


Spoken = tuple[Path, tuple[str, str | None, str | None]]


def _of_modules() -> Iterator[Spoken]:
    for file in modules():
        for each in read(file):
            match each.how, each.texts:
                case ("t" | "mix", (text,)):
                    yield file, (text, None, None)
                case ("n", (one, many)):
                    yield file, (one, many, None)
                case ("p", (context, text)):
                    yield file, (text, None, context)


def _of_templates() -> Iterator[Spoken]:
    Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    for file in sorted((WEB / "templates").glob("*.html")):
        with file.open("rb") as source:
            for _, _, text, _ in babel_extract(source, ["_"], [], {"silent": "false"}):
                if isinstance(text, str):
                    yield file, (text, None, None)


def _of_refusals() -> Iterator[Spoken]:
    """Why the server says no: constant texts, and such with values, whose places become gaps."""
    refusing = _refusals()
    for file, tree in _python():
        for node in ast.walk(tree):
            said: list[ast.expr] = []
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                if _name(node.exc.func) in refusing:
                    said = [*node.exc.args[:1]]
            elif isinstance(node, ast.Call) and _name(node.func) in _TOLD:
                said = [*node.args[1:2]]
            elif isinstance(node, ast.Call) and file.parent.name == "http":
                said = [one.value for one in node.keywords if one.arg in ("error", "title", "detail")]
            elif isinstance(node, ast.Return) and file.name in _FAILURES and node.value:
                said = [node.value]
            elif file.name == "pages.py" and isinstance(node, ast.Dict):
                said = [one for one in node.values if one]
            for text in filter(None, map(_text, said)):
                yield file, (text, None, None)


def _of_channels() -> Iterator[Spoken]:
    """What the forms of channels say of each setting.

    Their labels are as the providers call the things; of our own chat there is no other who calls them so.
    """
    for kind in KINDS.values():
        file = Path(getfile(kind if isinstance(kind, type) else type(kind)))
        for setting in kind.settings:
            yield file, (setting.meaning, None, None)
            if kind.name == "webchat":
                yield file, (label_of(setting.name), None, None)


@cache
def _python() -> list[tuple[Path, ast.Module]]:
    return [(file, ast.parse(file.read_text())) for file in sorted((ROOT / "inbox").rglob("*.py"))]


def _refusals() -> set[str]:
    """The names of all exceptions that tell a person why not."""
    known = {"ActionRefused", "CannotRun"}
    classes = [n for _, tree in _python() for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
    for _ in range(4):
        known |= {one.name for one in classes if any(_name(base) in known for base in one.bases)}
    return known


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return _name(inner)
    return "value"


def _text(node: ast.expr) -> str | None:
    """What an expression says, `{gaps}` for its values; None if it is no text with a word of its own."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) and " " in node.value else None
    if not isinstance(node, ast.JoinedStr):
        return None
    text, taken = "", set[str]()
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            base = name = _name(part.value).strip("_").lower() or "value"
            while name in taken:
                name = f"{base}{len(taken) + 1}"
            taken.add(name)
            text += f"{{{name}}}"
        elif isinstance(part, ast.Constant):
            text += str(part.value)
    return text if re.search(r"[a-z]{2}.* .*[a-z]{2}", GAPS.sub("", text)) else None


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is committed."""
    with (LOCALE / language / "LC_MESSAGES" / "parley.po").open("rb") as source:
        return read_po(source, locale=language)


def renewed(language: str) -> Catalog:
    """The catalogue with exactly what the code says now, translated as far as it was."""
    file = LOCALE / language / "LC_MESSAGES" / "parley.po"
    old = catalogue(language) if file.exists() else Catalog(locale=language)
    new = Catalog(locale=language, fuzzy=False)
    new.mime_headers = [("Plural-Forms", PLURALS[language])]
    for message in sorted(spoken().values(), key=lambda one: (sorted(one.files)[0], one.text)):
        ids = (message.text, message.many) if message.many else message.text
        known = old.get(message.text, message.context)
        places = [(file, 0) for file in sorted(message.files)]
        string = known.string if known and bool(known.pluralizable) == bool(message.many) else None
        new.add(ids, string, locations=places, context=message.context, flags=known.flags if known else ())
    return new


def write(language: str) -> None:
    """Bring a language's catalogue up to date with the code."""
    file = LOCALE / language / "LC_MESSAGES" / "parley.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    body = BytesIO()
    write_po(body, renewed(language), width=120, include_lineno=False, ignore_obsolete=True, omit_header=True)
    file.write_text(_HEADER.format(language=language, plurals=PLURALS[language]) + body.getvalue().decode())
