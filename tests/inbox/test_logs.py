"""What is logged of a failure tells where it was, and none of the words that the exception quotes."""

import asyncio
import gc
import io
import logging

import pytest
import structlog

from inbox import logs
from inbox.model.ids import new_id

WORDS = "+39 333 123 4567 wrote: my card is 4000"


def failing() -> None:
    try:
        raise OSError(28, WORDS, f"/media/{WORDS}")
    except OSError as error:
        raise ValueError(WORDS) from error


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_exception_is_logged_without_what_it_says(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    logs.configure("debug", form)
    try:
        failing()
    except ValueError:
        structlog.get_logger(new_id()).exception("turn failed", conversation="c1")
    finally:
        structlog.configure(**before)
    said = capsys.readouterr().err
    assert "turn failed" in said and "c1" in said and "in failing" in said
    assert said.index("OSError 28") < said.index("ValueError")
    assert "333" not in said and "card" not in said


def test_neither_do_libraries_nor_tasks_that_nobody_waited_for() -> None:
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(logs.Wordless(logging.BASIC_FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        asyncio.run(_left_alone())
        gc.collect()
        try:
            raise ExceptionGroup(WORDS, [KeyError(WORDS)])
        except ExceptionGroup:
            logging.getLogger("a.library").exception("it failed")
    finally:
        root.removeHandler(handler)
    said = heard.getvalue()
    assert "Task exception was never retrieved" in said and "in failing" in said
    assert "ExceptionGroup (KeyError)" in said
    assert "333" not in said and "card" not in said


async def _left_alone() -> None:
    async def fails() -> None:
        failing()

    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
