"""Each catalogue has every word of the code, as translated as it claims to be."""

import re

import pytest
from babel.messages.catalog import Message

from inbox.http.languages import words
from inbox.model.languages import LANGUAGES, PSEUDO
from tests.words.catalogues import GAPS, TRANSLATED, catalogue, renewed, spoken

NOT_YET = re.compile(
    r"inbox/.*\.py|web/static/(settings|studio|account)/.*|web/templates/(?!login|inbox|error).*"
)
"""What is wrapped but still shown in English: settings, studio, account, and why the server refuses."""

ONLY_SETTINGS = re.compile(
    r"web/static/inbox/(admin|attributes|channels|channel_form|contact_import|saved_replies|seats|teams|privacy)\.js"
)
"""Modules of the settings page that stand beside the inbox's."""


def is_due(message: Message) -> bool:
    """Whether the text is on a page that is translated already."""
    return any(not NOT_YET.fullmatch(f) and not ONLY_SETTINGS.fullmatch(f) for f, _ in message.locations)


def forms(message: Message) -> list[str]:
    """What a message is translated with."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_what_the_code_says_and_no_more(language: str) -> None:
    have = {(m.context, m.id if isinstance(m.id, str) else m.id[0]) for m in catalogue(language) if m.id}
    assert sorted(map(str, have ^ set(spoken()))) == [], "run: make translations"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_a_translated_page_is_translated(language: str) -> None:
    lacking = [str(m.id) for m in catalogue(language) if m.id and is_due(m) and not all(forms(m) or [""])]
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
