"""Free-text requests to be left alone, such as “please stop texting me”: seen here, judged by a human.

A US customer may revoke consent “by any reasonable means” (47 CFR 64.1200(a)(10)), so a message that could be
such a request is flagged. A business wish that only contains the word (“cancel my order”) is not.
"""

import re

_COURTESY = frozenset(
    {
        "please",
        "pls",
        "plz",
        "now",
        "thanks",
        "thank",
        "thx",
        "you",
        "it",
        "this",
        "that",
        "all",
        "ok",
        "okay",
    }
    | {"immediately", "just", "me", "right", "away", "at", "once", "no", "more", "bitte", "danke", "por"}
    | {"favor", "gracias", "merci", "svp", "grazie", "obrigado"}
)
_PLAIN = frozenset(
    {
        "stop",
        "stopp",
        "stopall",
        "unsubscribe",
        "unsub",
        "optout",
        "arret",
        "arrêt",
        "quit",
        "cease",
        "remove",
    }
    | {"abmelden", "désabonner"}
)
"""Words that hardly mean anything else when only courtesy stands beside them."""

_TALK = r"(?:te?xt|sms|messag|contact|spam|notif|e-?mail|market|advert|promo|ads\b|call|writ|bother|ping)\w*"
_LATER = r"(?!.{0,12}\b(?:before|after|until|till|at|today|tomorrow|on|between|if|unless|when)\b)"
_BETWEEN = (
    r"(?:[\s,]+(?:please|all|the|these|this|those|any|your|me|my|us|with|of|from|now|so|many|automated"
    r"|sending|getting|receiving|marketing)){0,5}[\s,]+"
)

_REQUESTS = (
    rf"(?<!n't )(?<!n’t )(?<!not )(?<!never )\b(?:stop|quit|cease|no more|enough){_BETWEEN}{_TALK}",
    rf"\b(?:don[’']?t|do not|never)\b(?! stop)[\w\s]{{0,16}}\b{_TALK}\s+(?:me|us|this number)\b{_LATER}",
    r"\b(?:don[’']?t|do not|never)\s+send\s+(?:me|us)\b.{0,16}"
    r"\b(?:texts?|messages?|sms|ads|offers?|promo\w*)\b",
    r"\b(?:don[’']?t|do not|no longer)\s+(?:want|wish|care)\b.{0,30}\b(?:texts?|messages?|sms|ads|hear)\b",
    r"\b(?:unsubscribe|unsub|opt(?:ing|ed)?[\s-]?out|leave me alone|lose my number|delete my number)\b",
    r"\b(?:take|remove|get|scratch)\s+(?:me|my (?:number|phone|name))\b.{0,12}\b(?:off|from|out)\b",
    r"\bremove me\b|\bblock(?:ing)? (?:you|this number)\b|\breport(?:ing)? (?:you|this) (?:as|for) spam\b",
    r"\b(?:revoke|withdraw|retract)\w*\b.{0,20}\b(?:consent|permission)\b",
    # German
    r"\bkeine\b.{0,16}\b(?:sms|nachrichten|werbung|mails?)\b.{0,8}\bmehr\b|\b(?:abmelden|abbestellen)\b",
    r"\bnicht mehr\b.{0,12}\b(?:schreiben|anschreiben|kontaktieren|anrufen)\b|\bhör\w*\b.{0,20}\bauf\b",
    # French
    r"\bne\b.{0,24}\b(?:contact|écri|ecri|envo|appel|harcel)\w*\s+plus\b|\bd[ée]s(?:abonn|inscri)\w*",
    r"\bn[’'](?:envo|appel|écri|ecri)\w*\s+plus\b|\barr[êe]te[rz]?\b.{0,6}\bde\s+m|\bplus (?:de|aucun) sms\b",
    # Spanish
    r"\bno (?:me|nos)\b.{0,12}\b(?:escrib|contact|mand|env[ií]|moleste)\w*|\bdar(?:me)? de baja\b",
    r"\bde(?:je|ja)n? de (?:escrib|mand|envi|molest|contact|llam)\w*",
    r"\bno (?:quiero|deseo)\b.{0,20}\bm[áa]s\b.{0,12}\b(?:sms|mensaje|publicidad|llamada)\w*",
    # Portuguese, Italian, Dutch
    r"\bn[ãa]o\b.{0,24}\bmais\b.{0,12}\b(?:mensage|sms|contato)\w*|\bpare[m]? de\b.{0,8}\b(?:mand|envi)\w*",
    r"\bnon\b.{0,8}\b(?:scriv|contatt|mand|invi|chiam)\w*\s+più\b|\bdisiscri\w*",
    r"\bsmett\w+ di (?:scriv|mand|invi)\w*",
    r"\bgeen\b.{0,12}\b(?:sms|berichten|reclame)\b.{0,6}\bmeer\b|\b(?:afmelden|uitschrijven)\b",
    # Hindi, Russian, Chinese, Japanese
    r"(?:मैसेज|संदेश|एसएमएस).{0,12}(?:मत|न|बंद)",
    r"не\s+(?:пишите|присылайте|звоните|беспокойте)|отпи(?:сать|шите)",
    r"別再(?:傳|發)|不要再(?:发|發|傳|联系|聯絡)|退订|退訂|配信(?:を)?(?:停止|やめ)|送らないで",
)
_ANY = re.compile("|".join(f"(?:{each})" for each in _REQUESTS), re.IGNORECASE)
_SIGNATURE = re.compile(  # of one line alone: over several, empty lines without end take time without end
    r"\n[^\S\n]*+(?:--|—|__|sent (?:from|via)\b|get outlook\b|von meinem\b|envoyé de\b)", re.I
)
_LONGEST = 1000
"""Characters that are looked at: who wants to be left alone says so early."""


def without_signature(text: str) -> str:
    """The text before what a phone or a mail program puts below it."""
    return _SIGNATURE.split(text, maxsplit=1)[0]


def may_be_a_request_to_stop(text: str) -> bool:
    """Whether a human should see if this asks for no more messages. The text is in lower case, NFKC."""
    text = text[:_LONGEST]
    words = re.findall(r"\w+", text)
    is_plain = bool(_PLAIN.intersection(words)) and _COURTESY.union(_PLAIN).issuperset(words)
    return is_plain or bool(_ANY.search(text))
