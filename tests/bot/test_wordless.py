"""The bot's log: what went wrong and where, and nothing that a customer wrote."""

from __future__ import annotations

import logging
import sys

import pytest

from wordless import Wordless

NUMBER = "390299990009"


def line_of(name: str) -> str:
    try:
        try:
            raise KeyError(NUMBER)
        except KeyError as error:
            raise ValueError(f"no order of {NUMBER}") from error
    except ValueError:
        record = logging.makeLogRecord(
            {"name": name, "levelname": "ERROR", "msg": "An action failed: %s", "args": ("look",)}
        )
        record.exc_info = sys.exc_info()
    first = Wordless(logging.BASIC_FORMAT).format(record)
    assert Wordless(logging.BASIC_FORMAT).format(record) == first
    return first


@pytest.mark.parametrize("name", ["parley.dialogue", "rasa.core.processor", "sanic.error"])
def test_an_exception_is_logged_without_what_it_says(name: str) -> None:
    said = line_of(name)
    assert said.startswith(f"ERROR:{name}:An action failed: look\n")
    assert NUMBER not in said
    assert "builtins.KeyError" in said and said.endswith("builtins.ValueError")
    assert "test_wordless.py" in said


def test_why_the_bot_cannot_start_is_said() -> None:
    assert f"no order of {NUMBER}" in line_of("parley.serve")
