"""What a customer in a queue is told, in their language where it is known. It may be an SMS."""

from datetime import datetime

import msgspec


class Said(msgspec.Struct, frozen=True):
    """`place` while somebody is there, `opens` while nobody is, `closed` if it is not known until when."""

    place: str
    opens: str
    closed: str
    days: tuple[str, ...]
    """Monday first, as they stand in `opens`."""


_ENGLISH = Said(
    "You are number {place} in the queue. We will answer here.",
    "Nobody is here right now. We are back {when} and will answer here.",
    "Nobody is here right now. We will answer here as soon as we are back.",
    ("on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday", "on Sunday"),
)

SAID: dict[str, Said] = {
    "en": _ENGLISH,
    "de": Said(
        "Sie sind Nummer {place} in der Warteschlange. Wir antworten hier.",
        "Gerade ist niemand da. Wir sind {when} wieder da und antworten hier.",
        "Gerade ist niemand da. Wir antworten hier, sobald wir wieder da sind.",
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
        ("el lunes", "el martes", "el miércoles", "el jueves", "el viernes", "el sábado", "el domingo"),
    ),
    "fr": Said(
        "Vous êtes numéro {place} dans la file d’attente. Nous vous répondrons ici.",
        "Il n’y a personne en ce moment. Nous serons de retour {when} et vous répondrons ici.",
        "Il n’y a personne en ce moment. Nous vous répondrons ici dès notre retour.",
        ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    ),
    "hi": Said(
        "कतार में आपका नंबर {place} है। हम यहीं जवाब देंगे।",
        "अभी कोई उपलब्ध नहीं है। हम {when} लौटेंगे और यहीं जवाब देंगे।",
        "अभी कोई उपलब्ध नहीं है। लौटते ही हम यहीं जवाब देंगे।",
        ("सोमवार को", "मंगलवार को", "बुधवार को", "गुरुवार को", "शुक्रवार को", "शनिवार को", "रविवार को"),
    ),
    "it": Said(
        "Lei è il numero {place} in coda. Le risponderemo qui.",
        "In questo momento non c’è nessuno. Torniamo {when} e le risponderemo qui.",
        "In questo momento non c’è nessuno. Le risponderemo qui appena torniamo.",
        ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    ),
}

_SOON = 6
"""Days for which the name of a day says enough."""


def place_in(language: str | None, place: int) -> str:
    """At which place the customer is."""
    return _said(language).place.format(place=place)


def back_in(language: str | None, opens: datetime | None, now: datetime) -> str:
    """When somebody is back; both moments in the zone in which it is told."""
    said = _said(language)
    if opens is None:
        return said.closed
    is_soon = (opens.date() - now.date()).days <= _SOON
    day = said.days[opens.weekday()] if is_soon else f"{opens:%Y-%m-%d}"
    return said.opens.format(when=f"{day} {opens:%H:%M}")


def _said(language: str | None) -> Said:
    return SAID.get((language or "").partition("-")[0].casefold(), _ENGLISH)
