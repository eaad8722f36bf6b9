"""Whether somebody writes a language that no response is written in; asked of what was not understood."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

BASE = "en"
"""The language of responses that have no condition."""
READ = {"LATIN": None, "DEVANAGARI": "hi"}
"""Scripts of the languages that are known, and whose they are alone."""
ENOUGH = 2

# Words that hardly stand in a sentence of English, Italian or Hindi: a few that everybody uses, then those
# that tell by themselves. https://en.wiktionary.org/wiki/Category:Function_words_by_language
COMMON = {
    "de": "wo ist mein meine meinen ich nicht der und wann wie kommt habe eine einen kann bitte ihr sie auf",
    "fr": "où ou est mon ma mes je ne pas le les des vous quand comment puis avez une pour quel avec",
    "es": "dónde donde está esta mi mis el los las quiero cuándo cuando cómo puedo por para llega tengo qué",
    "pt": "onde está esta meu minha não nao quero quando você voce chega posso por para tenho uma com",
    "nl": "waar mijn ik het een niet wanneer hoe kan komt heb jullie naar voor van",
    "pl": "gdzie jest moje mój moja nie kiedy jak mogę chcę czy się proszę na",
    "tr": "nerede benim ne zaman nasıl bir değil istiyorum var mı mi için",
}
TELLING = {
    "de": "bestellung hallo danke guten lieferung rückgabe sprechen",
    "fr": "commande bonjour merci livraison colis bonsoir remboursement",
    "es": "pedido hola gracias envío devolución buenos buenas",
    "pt": "encomenda olá obrigado obrigada entrega devolução",
    "nl": "bestelling bedankt levering terugsturen dank",
    "pl": "zamówienie dzień dobry dziękuję przesyłka zwrot",
    "tr": "sipariş siparişim merhaba teşekkürler kargo iade",
}
KNOWN = """the is my where when what how i you can not order a an to do of it in please and for
    il la mio mia è e non dove quando come che di un una sono ordine per hai posso del
    mera meri kahan hai kab kya nahi main ka ki ko"""
WORD = re.compile(r"[^\W\d_]+")


def spoken(responses: dict[str, Any]) -> set[str]:
    """The languages that responses are written in."""
    found = {BASE}
    for variations in responses.values():
        for one in variations or []:
            for condition in one.get("condition") or []:
                if condition.get("name") == "language" and condition.get("value"):
                    found.add(str(condition["value"]))
    return found


def is_foreign(text: str, language: str | None, known: set[str]) -> bool:
    """Whether `text` is of none of the `known` languages. `language`: what the inbox takes it to be, if it
    knows; it may go by the shop's pages, so that the words count all the same."""
    if language and language not in known:
        return True
    scripts = [unicodedata.name(one, "").partition(" ")[0] for one in text if one.isalpha()]
    strange = sum(READ.get(script, "") not in {None, *known} for script in scripts)
    if scripts and 2 * strange > len(scripts):
        return True
    words = set(WORD.findall(text.lower()))
    ours = len(words & set(KNOWN.split()))
    return any(_weight(words, name) >= max(ENOUGH, ours + 1) for name in COMMON.keys() - known)


def _weight(words: set[str], language: str) -> int:
    common, telling = set(COMMON[language].split()), set(TELLING[language].split())
    return len(words & common) + ENOUGH * len(words & telling)
