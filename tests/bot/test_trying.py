"""Trying a model: what it says and why, without a trace anywhere; and a trial kept as a test story."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from running import BOT, ROOT

DATA = ROOT / "nlu_data"


class Bench:
    """The process of the studio's tab Try it."""

    def __init__(self, path: Path, model: Path) -> None:
        self._path, self._model = path, model

    def ask(self, *said: dict[str, str], data: Path | None = DATA, **more: Any) -> dict[str, Any]:
        asked = {"model": str(self._model), "data": str(data), "conversation": "c", "said": said, **more}
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(300)
            line.connect(str(self._path))
            line.sendall(json.dumps(asked).encode() + b"\n")
            found: dict[str, Any] = json.loads(line.makefile().readline())
        return found


@pytest.fixture(scope="module")
def bench(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One, with the sample bot's model."""
    path = Path(tmp_path_factory.mktemp("t")) / "s"
    process = subprocess.Popen([sys.executable, "try_models.py", "--socket", str(path)], cwd=BOT)
    deadline = time.monotonic() + 120
    while not path.exists():
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    yield Bench(path, models / "parley.tar.gz")
    process.terminate()
    process.wait()


def test_a_turn_is_told_with_what_chose_it(bench: Bench) -> None:
    found = bench.ask({"text": "hello there"})
    (turn,) = found["turns"]
    assert turn["intent"]["name"] == "greet" == turn["ranking"][0]["name"]
    assert turn["replies"][0]["text"] and turn["took_ms"] > 0
    assert 0 < found["model"]["threshold"] < 1
    (action,) = turn["actions"]
    assert action["policy"] == "RulePolicy" and action["is_run"]
    assert (
        len(action["chosen_by"]) == 1
        and f"- rule: {action['chosen_by'][0]}\n" in (DATA / "rules.yml").read_text()
    )


def test_a_conversation_told_anew_is_the_same(bench: Bench) -> None:
    said = [{"text": "where is my order"}, {"text": "48213"}]
    first = bench.ask(*said)["turns"]
    assert first[0]["form"] == "order_form"
    assert first[1]["slots"]["order_number"] == "48213"
    assert first[1]["slots_before"].get("order_number") is None
    left_out = [action["name"] for action in first[1]["actions"] if not action["is_run"]]
    assert left_out == ["action_answer_about_order"]  # nothing is looked up, nor ordered, again
    other = bench.ask(*said, conversation="another")["turns"]
    assert [turn["actions"] for turn in other] == [turn["actions"] for turn in first]
    changed = bench.ask({"text": "goodbye"})["turns"]
    assert [turn["intent"]["name"] for turn in changed] == ["goodbye"]


def test_only_a_button_speaks_rasas_shorthand(bench: Bench) -> None:
    assert bench.ask({"payload": "/goodbye"}, conversation="b")["turns"][0]["intent"]["name"] == "goodbye"
    typed = bench.ask({"text": "/"}, conversation="t")["turns"][0]
    assert typed["intent"]["name"] == "nlu_fallback" and typed["ranking"] == []


def test_names_are_told_of_the_data_that_was_learnt_or_not_at_all(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(
        'version: "3.1"\nrules:\n- rule: Another\n  steps:\n  - intent: goodbye\n  - action: utter_greet\n'
    )
    (turn,) = bench.ask({"text": "hello there"}, data=tmp_path)["turns"]
    assert [action["chosen_by"] for action in turn["actions"]] == [[]]


def test_what_cannot_be_loaded_is_told(bench: Bench, tmp_path: Path) -> None:
    assert "error" in bench.ask({"text": "hi"}, model=str(tmp_path / "none.tar.gz"))
