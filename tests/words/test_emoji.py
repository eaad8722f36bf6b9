"""The emoji of the composer are found by the words of each language of the pages."""

import re
from pathlib import Path

import pytest

from tests.words.catalogues import TRANSLATED

INBOX = Path(__file__).parents[2] / "web" / "static" / "inbox"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_emoji_has_words(language: str) -> None:
    signs = re.search(r"const ALL = `(.+)`", (INBOX / "emoji.js").read_text("utf-8"))
    words = re.search(rf"const {language} = `(.+)`", (INBOX / "emoji_words.js").read_text("utf-8"))
    assert signs and words
    named = words[1].split("|")
    assert len(named) == len(signs[1].split("|"))
    assert all(named)
