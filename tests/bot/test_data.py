"""The designers' data: sound, trained well, and understood."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from rasa.shared.utils.io import read_yaml_file, write_yaml

from data_check import foreign_modules
from running import BOT, ROOT, Bot, Customer

DATA = ROOT / "nlu_data"
OTHER_LANGUAGES = ("italian", "hindi")
HELD_OUT = {"held_out.yml": 0.95, "held_out_italian.yml": 0.85, "held_out_hindi.yml": 0.85}


def rasa(*arguments: str) -> subprocess.CompletedProcess[str]:
    usual = {"LOG_LEVEL": "INFO", "RASA_TELEMETRY_ENABLED": "false"}  # whatever a module tested here has set
    env = {**os.environ, **usual, "PARLEY_ACTIONS_URL": "http://127.0.0.1:1/"}
    command = [sys.executable, "-m", "rasa", *arguments]
    return subprocess.run(command, cwd=BOT, env=env, capture_output=True, text=True)


def test_the_data_is_sound() -> None:
    code = "import quiet, data_check, settings; print(*data_check.problems(settings.DATA), sep='\\n')"
    checked = subprocess.run([sys.executable, "-c", code], cwd=BOT, capture_output=True, text=True)
    assert checked.returncode == 0 and checked.stdout.strip() == "", checked.stdout + checked.stderr


def test_a_folder_that_takes_no_model_is_named() -> None:
    command = [sys.executable, "train.py", "--out", "/proc/models"]
    done = subprocess.run(command, cwd=BOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "train: failed: /proc/models: " in done.stdout and "PARLEY_BOT_MODELS" in done.stdout
    assert "Traceback" not in done.stderr and "loading Rasa" not in done.stdout


def test_rasas_own_validator_agrees() -> None:
    data = [str(DATA / name) for name in ("nlu", "rules.yml", "stories.yml")]
    done = rasa("data", "validate", "--domain", str(DATA / "domain.yml"), "--data", *data)
    assert done.returncode == 0, done.stderr
    assert "No story structure conflicts found" in done.stdout + done.stderr


def test_the_test_stories_pass(models: Path, tmp_path: Path) -> None:
    """As the studio plays them: what customers write is read, too, intents and entities."""
    out = tmp_path / "played.json"
    done = subprocess.run(
        (sys.executable, "stories.py", "--model", str(models / "parley.tar.gz"), "--data", str(DATA),
         "--out", str(out)),
        cwd=BOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(out.read_text())
    assert result["passed"] == result["stories"] > 10, result["failed"]


def test_rasas_own_test_of_understanding_runs(models: Path, tmp_path: Path) -> None:
    held_out = read_yaml_file(Path(__file__).parent / "held_out.yml")
    blocks = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)}
        for intent, texts in held_out.items()
    ]
    write_yaml({"version": "3.1", "nlu": blocks}, tmp_path / "nlu.yml")
    done = rasa(
        "test", "nlu", "--nlu", str(tmp_path / "nlu.yml"), "--model", str(models / "parley.tar.gz"),
        "--no-plot", "--out", str(tmp_path / "out"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out" / "intent_report.json").read_text())
    assert report["macro avg"]["support"] == sum(len(texts) for texts in held_out.values())
    assert report["accuracy"] >= HELD_OUT["held_out.yml"]


def test_data_with_a_mistake_is_not_trained(tmp_path: Path) -> None:
    for name in ("domain.yml", "stories.yml", "nlu"):
        (tmp_path / name).symlink_to(DATA / name)
    rules = (DATA / "rules.yml").read_text().replace("action: utter_greet", "action: utter_gret")
    (tmp_path / "rules.yml").write_text(rules)
    command = [sys.executable, "train.py", "--data", str(tmp_path), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, cwd=BOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "utter_gret" in done.stdout and "Traceback" not in done.stderr
    assert not (tmp_path / "out" / "parley.tar.gz").exists()


def test_every_intent_has_enough_different_examples() -> None:
    for path in (DATA / "nlu").glob("*.yml"):
        enough = 8 if path.stem in OTHER_LANGUAGES else 20
        for block in read_yaml_file(path)["nlu"]:
            if "intent" in block:
                examples = block["examples"].strip().splitlines()
                assert len(set(examples)) == len(examples) >= enough, (path.stem, block["intent"])


@pytest.mark.parametrize(("file", "goal"), HELD_OUT.items())
def test_messages_that_it_was_not_trained_on_are_understood(bot: Bot, file: str, goal: float) -> None:
    wrong: list[str] = []
    asked = Counter[str]()
    for intent, texts in read_yaml_file(Path(__file__).parent / file).items():
        for text in texts:
            guess = Customer(bot).says(text)["parse"]["ranking"][0]
            asked[intent] += 1
            if guess["name"] != intent:
                wrong.append(f"{text!r}: {guess['name']} {guess['confidence']}, not {intent}")
    right = 1 - len(wrong) / asked.total()
    print(f"\n{file}: {right:.1%} of {asked.total()}")
    assert right >= goal, "\n".join(wrong)


def test_do_you_ship_to_turin(customer: Customer) -> None:
    assert customer.says("Do you ship to Turin?")["parse"]["intent"]["name"] == "delivery_time"


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("do you have the couch in stock", "product", "sofa"),
        ("is the Floor Lamp available", "product", "floor lamp"),
        ("is there a shop in london", "city", "London"),
        ("my parcel should have come on 12 March", "date", "12 March"),
        ("where is order 48213?", "order_number", "48213"),
        ("status of #48213", "order_number", "48213"),
        ("what about ord. 48213, any news", "order_number", "48213"),
        ("48213?", "order_number", "48213"),
        ("#48213", "order_number", "48213"),
        ("ord. 48213", "order_number", "48213"),
        ("ord.48213", "order_number", "48213"),
        ("क्या कुर्सी मिलेगी", "product", "chair"),
        ("dov'è l'ordine 48213?", "order_number", "48213"),
        ("मेरा ऑर्डर 48213 कहाँ है", "order_number", "48213"),
        ("avete la lampada?", "product", "lamp"),
        ("क्या लैंप स्टॉक में है", "product", "lamp"),
        ("क्या लंदन में दुकान है", "city", "London"),
        ("I paid £49.99 for it", "money", "£49.99"),
    ],
)
def test_entities_are_found(customer: Customer, text: str, entity: str, value: str) -> None:
    found = customer.says(text)["parse"]["entities"]
    values = [one["value"] for one in found if one["entity"] == entity]
    assert [one.lower() for one in values] == [value.lower()]


@pytest.mark.parametrize(
    "written",
    [
        "pipeline: [{name: os.system}]",
        "pipeline: [{name: componentsx.evil.Part}]",
        "policies: [{name: subprocess.Popen}]",
        "importers: [{name: evil.Importer}]",
    ],
)
def test_a_part_from_elsewhere_is_refused_before_it_is_imported(tmp_path: Path, written: str) -> None:
    config = tmp_path / "config.yml"
    config.write_text(written)
    assert "parts come from Rasa or from components/" in foreign_modules(config)[0]


def test_our_own_parts_are_not_foreign() -> None:
    assert foreign_modules(BOT / "config.yml") == []
