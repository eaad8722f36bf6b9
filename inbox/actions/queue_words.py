"""What a customer in a queue is told, in their language where it is known. It may be an SMS."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from babel.dates import format_skeleton


class Said(msgspec.Struct, frozen=True):
    """`place` while somebody is there, `opens` while nobody is, `closed` if it is not known until when."""

    place: str
    opens: str
    closed: str
    holiday: str
    """Goes before the other words on a public holiday."""
    date: str
    """A day that is far off, as it stands in `opens`."""
    days: tuple[str, ...]
    """Monday first, as they stand in `opens`."""


_ENGLISH = Said(
    "You are number {place} in the queue. We will answer here.",
    "Nobody is here right now. We are back {when} and will answer here.",
    "Nobody is here right now. We will answer here as soon as we are back.",
    "Today is a public holiday.",
    "on {date}",
    ("on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday", "on Sunday"),
)

SAID: dict[str, Said] = {
    "en": _ENGLISH,
    "de": Said(
        "Sie sind Nummer {place} in der Warteschlange. Wir antworten hier.",
        "Gerade ist niemand da. Wir sind {when} wieder da und antworten hier.",
        "Gerade ist niemand da. Wir antworten hier, sobald wir wieder da sind.",
        "Heute ist Feiertag.",
        "am {date}",
        (
            "am Montag",
            "am Dienstag",
            "am Mittwoch",
            "am Donnerstag",
            "am Freitag",
            "am Samstag",
            "am Sonntag",
        ),
    ),
    "es": Said(
        "Es el número {place} en la cola. Le responderemos aquí.",
        "Ahora no hay nadie. Volvemos {when} y le responderemos aquí.",
        "Ahora no hay nadie. Le responderemos aquí en cuanto volvamos.",
        "Hoy es festivo.",
        "el {date}",
        ("el lunes", "el martes", "el miércoles", "el jueves", "el viernes", "el sábado", "el domingo"),
    ),
    "fr": Said(
        "Vous êtes numéro {place} dans la file d’attente. Nous vous répondrons ici.",
        "Il n’y a personne en ce moment. Nous serons de retour {when} et vous répondrons ici.",
        "Il n’y a personne en ce moment. Nous vous répondrons ici dès notre retour.",
        "Aujourd’hui est un jour férié.",
        "le {date}",
        ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    ),
    "hi": Said(
        "कतार में आपका नंबर {place} है। हम यहीं जवाब देंगे।",
        "अभी कोई उपलब्ध नहीं है। हम {when} लौटेंगे और यहीं जवाब देंगे।",
        "अभी कोई उपलब्ध नहीं है। लौटते ही हम यहीं जवाब देंगे।",
        "आज सार्वजनिक अवकाश है।",
        "{date} को",
        ("सोमवार को", "मंगलवार को", "बुधवार को", "गुरुवार को", "शुक्रवार को", "शनिवार को", "रविवार को"),
    ),
    "it": Said(
        "Lei è il numero {place} in coda. Le risponderemo qui.",
        "In questo momento non c’è nessuno. Torniamo {when} e le risponderemo qui.",
        "In questo momento non c’è nessuno. Le risponderemo qui appena torniamo.",
        "Oggi è festivo.",
        "il {date}",
        ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    ),
}

_SOON = 6
"""Days for which the name of a day says enough."""

_WHEN = "{when}"


def place_in(language: str | None, place: int) -> str:
    """At which place the customer is."""
    return _said(language).place.format(place=place)


def back_in(
    language: str | None,
    opens: datetime | None,
    now: datetime,
    *,
    is_holiday: bool = False,
    own: Mapping[str, str] | None = None,
) -> str:
    """When somebody is back; both moments in the zone in which it is told.

    `own` are the team's words for it, by language. They stand alone: no holiday is named beside them. If they
    want to say when and it is not known, ours are taken.
    """
    said, when = _said(language), _when(language, opens, now)
    words = (own or {}).get(_base(language)) or (own or {}).get("en")
    if words and (when or _WHEN not in words):
        return words.replace(_WHEN, when or "")
    words = said.opens.replace(_WHEN, when) if when else said.closed
    return f"{said.holiday} {words}" if is_holiday else words


def _when(language: str | None, opens: datetime | None, now: datetime) -> str | None:
    if opens is None:
        return None
    said, days = _said(language), (opens.date() - now.date()).days
    if days <= _SOON:
        return f"{said.days[opens.weekday()]} {opens:%H:%M}"
    known = _base(language) if _base(language) in SAID and _base(language) != "en" else "en_GB"
    skeleton = "MMMMd" if opens.year == now.year else "yMMMMd"
    date = said.date.format(date=format_skeleton(skeleton, opens, locale=known))
    return f"{date} {opens:%H:%M}"


def _said(language: str | None) -> Said:
    return SAID.get(_base(language), _ENGLISH)


def _base(language: str | None) -> str:
    return (language or "").partition("-")[0].casefold()
