"""The languages in which the pages speak, and which of them somebody is met in."""

LANGUAGES: dict[str, str] = {"en": "English", "it": "Italiano", "es": "Español", "hi": "हिन्दी"}
"""By their tags, each in its own name. The first one is what the code is written in."""

ACCENTED, MIRRORED = "en-XA", "ar-XB"
PSEUDO = (ACCENTED, MIRRORED)
"""Languages nobody speaks, as CLDR names them: English with accents, so that words left out of the catalogue
stand out, and English in Arabic letters, so that a page can be looked at from right to left."""

_RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}


def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def best(chosen: str | None, accept: str) -> str:
    """For somebody who chose a language, or whose browser sends this `Accept-Language`; English at last."""
    if chosen in LANGUAGES:
        return chosen
    for tag in _wanted(accept):
        if tag in PSEUDO:
            return tag
        if (language := tag.partition("-")[0].lower()) in LANGUAGES:
            return language
    return next(iter(LANGUAGES))


def _wanted(accept: str) -> list[str]:
    """The tags of an `Accept-Language`, the most wanted first. What cannot be read is left out."""
    found: list[tuple[float, str]] = []
    for each in accept[:500].split(","):
        tag, _, weight = each.strip().partition(";")
        try:
            found.append((float(weight.strip().removeprefix("q=") or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(found, key=lambda one: -one[0]) if weight > 0]
