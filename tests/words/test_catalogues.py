"""Each catalogue has every word of the code, translated."""

import pytest
from babel.messages.catalog import Message

from inbox.http.languages import words
from inbox.model.languages import LANGUAGES, PSEUDO
from tests.words.catalogues import GAPS, TRANSLATED, catalogue, renewed, spoken


def forms(message: Message) -> list[str]:
    """What a message is translated with."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_what_the_code_says_and_no_more(language: str) -> None:
    have = {(m.context, m.id if isinstance(m.id, str) else m.id[0]) for m in catalogue(language) if m.id}
    assert sorted(map(str, have ^ set(spoken()))) == [], "run: make translations"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    lacking = [str(m.id) for m in catalogue(language) if m.id and not all(forms(m) or [""])]
    assert lacking == [], (
        f"web/locale/{language}/LC_MESSAGES/parley.po waits for these; see docs/translating.md"
    )


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_a_guess_or_loses_a_gap(language: str) -> None:
    wrong = []
    for message in catalogue(language):
        if not message.id or not any(forms(message)):
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = [set(GAPS.findall(each)) for each in ids]
        for at, said in enumerate(forms(message)):
            if message.fuzzy or set(GAPS.findall(said)) != wanted[min(at, len(wanted) - 1)]:
                wrong.append(f"{message.id}: {said}")
    assert wrong == []


def test_renewing_what_is_new_changes_nothing() -> None:
    for language in TRANSLATED:
        old = {str(m.id): forms(m) for m in catalogue(language) if m.id and any(forms(m))}
        new = {str(m.id): forms(m) for m in renewed(language) if m.id and any(forms(m))}
        assert old == new


@pytest.mark.parametrize("language", [*LANGUAGES, *PSEUDO])
def test_the_pages_can_read_a_language(language: str) -> None:
    found = words(language)
    assert found.language == language
    assert found.address.startswith(f"/words/{language}-") and b"export const messages = " in found.script


def test_a_language_that_nobody_speaks_keeps_the_gaps() -> None:
    assert words("en-XA").say("Reply to {name}", name="Ada") == "Řéƥłý ťó Ada"
    assert words("ar-XB").direction == "rtl"


def test_a_text_that_has_no_translation_stays_english() -> None:
    assert words("it").say("No page says this") == "No page says this"
    assert words("it").say("Sign in to Parley") == "Accedi a Parley"
