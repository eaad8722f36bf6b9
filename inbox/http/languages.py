"""The pages' words in the reader's language. See `docs/translating.md`.

Catalogues are gettext's (`web/locale/*/LC_MESSAGES/parley.po`). A template asks `Words.say`; the modules of a
page import theirs as a small script of its own, addressed by what is in it, so that a browser keeps it.
"""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from aiohttp import web
from babel.messages.pofile import read_po

from inbox.http.files import WEB
from inbox.model.languages import ACCENTED, LANGUAGES, MIRRORED, PSEUDO, best, direction

LOCALE = WEB / "locale"

routes = web.RouteTableDef()

_A_YEAR = 31_536_000
_NAME = re.compile(r"([a-z]{2}(?:-[A-Z]{2})?)-([0-9a-f]{12})\.js")
_GAP = re.compile(r"(\{\w+\})")
_PLAIN = "abcdefghijklmnopqrstuvwxyzACDEINORSUYZ"
_LETTERS = {
    ACCENTED: str.maketrans(_PLAIN, "áƀçđéƒğĥíĵķłɱñóƥɋřšťúṽŵẋýžÁÇĐÉÍÑÓŘŠÚÝŽ"),
    MIRRORED: str.maketrans(_PLAIN, "ابجدهفغحيجكلمنوپقرسطعڤوخيزاجدهينورسعيز"),
}


@dataclass(frozen=True)
class Words:
    """All words of one language: by the English text, its translation, or its forms for one and for more."""

    language: str
    messages: dict[str, str | tuple[str, ...]]
    refusals: tuple[str, ...]
    """The English texts with gaps by which the server refuses: a page finds its own by comparing."""

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`."""
        return direction(self.language)

    def say(self, text: str, **values: str) -> str:
        """The text in this language, its `{gaps}` filled; English where the catalogue has none."""
        found = self.messages.get(text, text)
        said = found if isinstance(found, str) else found[0]
        return _GAP.sub(lambda gap: str(values.get(gap[0][1:-1], gap[0])), said)

    def told(self, text: str) -> str:
        """What the server says in English, in this language: as it stands, or around its gaps."""
        if text in self.messages:
            return self.say(text)
        fitting = [
            (refusal, found) for refusal in self.refusals if (found := _around(refusal).fullmatch(text))
        ]
        if not fitting:
            return text
        refusal, found = max(fitting, key=lambda pair: len(_GAP.sub("", pair[0])))
        return self.say(refusal, **found.groupdict())

    @cached_property
    def script(self) -> bytes:
        """The module that the pages import as `catalogue`."""
        fields = {
            "language": self.language,
            "languages": LANGUAGES,
            "messages": self.messages,
            "refusals": self.refusals,
        }
        lines = [f"export const {name} = {_json(value)};\n" for name, value in fields.items()]
        return "".join(lines).encode()

    @cached_property
    def address(self) -> str:
        """Where the module is; another one when a word changes."""
        return f"/words/{self.language}-{hashlib.sha256(self.script).hexdigest()[:12]}.js"


@lru_cache(maxsize=1000)
def _around(refusal: str) -> re.Pattern[str]:
    """What a text with gaps looks like when they are filled."""
    pieces = _GAP.split(refusal)
    return re.compile(
        "".join(f"(?P<{p[1:-1]}>.+?)" if _GAP.fullmatch(p) else re.escape(p) for p in pieces), re.DOTALL
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("\u2028", "\\u2028")


def words_for(request: web.Request, chosen: str | None) -> Words:
    """The words for who asks: in the language they chose, else one that their browser speaks."""
    return words(best(chosen, request.headers.get("Accept-Language", "")))


def words(language: str) -> Words:
    """The words of a language. A catalogue that was edited is read again."""
    source = "en" if language == "en" else "it" if language in PSEUDO else language
    file = LOCALE / source / "LC_MESSAGES" / "parley.po"
    return _read(language, file, 0 if source == "en" else file.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _read(language: str, file: Path, changed: int) -> Words:
    if not changed:
        return Words(language, {}, ())
    with file.open("rb") as source:
        catalogue = read_po(source)
    messages: dict[str, str | tuple[str, ...]] = {}
    refusals = []
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        one, said = (
            each if isinstance(each, str) else tuple(each or ()) for each in (message.id, message.string)
        )
        key = one if isinstance(one, str) else one[0]
        if language in PSEUDO:
            said = (
                _altered(one, language) if isinstance(one, str) else tuple(_altered(o, language) for o in one)
            )
        if all((said,) if isinstance(said, str) else said):
            messages[f"{message.context}\u0004{key}" if message.context else key] = said
        if "{" in key and any(place.endswith(".py") for place, _ in message.locations):
            refusals.append(key)
    return Words(language, messages, tuple(refusals))


def _altered(text: str, language: str) -> str:
    """English in the letters of a language that nobody speaks, its gaps kept."""
    pieces = _GAP.split(text)
    return "".join(p if _GAP.fullmatch(p) else p.translate(_LETTERS[language]) for p in pieces)


@routes.get("/words/{name}")
async def catalogue(request: web.Request) -> web.Response:
    """The module of a language's words. Under its present name it may be kept for a year."""
    named = _NAME.fullmatch(request.match_info["name"])
    if named is None or named[1] not in (*LANGUAGES, *PSEUDO):
        raise web.HTTPNotFound(text="There are no such words.")
    found = words(named[1])
    is_present = found.address.endswith(named[0])
    headers = {"Cache-Control": f"public, max-age={_A_YEAR}, immutable" if is_present else "no-cache"}
    body = found.script
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        body = _packed(body)
    return web.Response(body=body, content_type="text/javascript", charset="utf-8", headers=headers)


@lru_cache(maxsize=16)
def _packed(script: bytes) -> bytes:
    return gzip.compress(script, 9, mtime=0)
