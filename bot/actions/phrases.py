"""What actions put into responses, in each language: names of days, and words that may be missing.

Whole sentences belong into `nlu_data/domain.yml`, where a designer finds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

ENGLISH = "en"
# fmt: off
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
MONTHS_IT = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)
MONTHS_HI = (
    "जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून",
    "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर",
)
# fmt: on


@dataclass(frozen=True)
class Phrases:
    """One language's. `{}` is filled in."""

    carrier: str
    due: str
    delivered: str
    track: str
    date: str
    weekdays: Sequence[str]
    months: Sequence[str]
    known: dict[str, str] = field(default_factory=dict)
    """Values of slots and of the orders API, as they are said; what is not here is said as it is."""

    def day(self, moment: str | None) -> str:
        """An ISO moment as people write it: "Monday 3 March"."""
        try:
            when = datetime.fromisoformat((moment or "").replace("Z", "+00:00"))
        except ValueError:
            return moment or ""
        weekday, month = self.weekdays[when.weekday()], self.months[when.month - 1]
        return self.date.format(weekday=weekday, day=when.day, month=month)

    def say(self, value: str | None) -> str:
        """A value in this language's words."""
        return self.known.get(value or "", value or "")


PHRASES = {
    ENGLISH: Phrases(
        carrier=" with {}",
        due=" It should arrive on {}.",
        delivered=" on {}",
        track="\n\nFollow it here: {}",
        date="{weekday} {day} {month}",
        weekdays=["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        months=[
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        known={"refund": "your money back", "exchange": "an exchange", "processing": "being packed"},
    ),
    "it": Phrases(
        carrier=" con {}",
        due=" Dovrebbe arrivare {}.",
        delivered=" {}",
        track="\n\nSeguilo qui: {}",
        date="{weekday} {day} {month}",
        weekdays=["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
        months=[
            "gennaio",
            "febbraio",
            "marzo",
            "aprile",
            "maggio",
            "giugno",
            "luglio",
            "agosto",
            "settembre",
            "ottobre",
            "novembre",
            "dicembre",
        ],
        known={
            "refund": "il rimborso",
            "exchange": "un cambio",
            "damaged": "danneggiato",
            "does not fit": "misura sbagliata",
            "not as described": "non è come descritto",
            "changed my mind": "ho cambiato idea",
            "processing": "in preparazione",
            "shipped": "già spedito",
            "delivered": "già consegnato",
            "returned": "tornato da noi",
            "cancelled": "annullato",
        },
    ),
    "hi": Phrases(
        carrier=" ({} से)",
        due=" यह {} तक पहुँच जाना चाहिए।",
        delivered=" ({} को)",
        track="\n\nयहाँ देखें: {}",
        date="{weekday}, {day} {month}",
        weekdays=["सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार", "रविवार"],
        months=[
            "जनवरी",
            "फ़रवरी",
            "मार्च",
            "अप्रैल",
            "मई",
            "जून",
            "जुलाई",
            "अगस्त",
            "सितंबर",
            "अक्टूबर",
            "नवंबर",
            "दिसंबर",
        ],
        known={
            "refund": "पैसे वापस",
            "exchange": "एक्सचेंज",
            "damaged": "टूटा हुआ",
            "does not fit": "साइज़ ठीक नहीं",
            "not as described": "विवरण जैसा नहीं",
            "changed my mind": "मन बदल गया",
            "processing": "पैक हो रहा",
            "shipped": "भेजा जा चुका",
            "delivered": "पहुँच चुका",
            "returned": "वापस आ चुका",
            "cancelled": "रद्द",
        },
    ),
}


def phrases_of(language: str | None) -> Phrases:
    """Those of a language, or the English ones."""
    return PHRASES.get(language or ENGLISH, PHRASES[ENGLISH])
