"""What is wrong with the designers' data, in Rasa's own words, a line each."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.utils.io import read_yaml_file
from rasa.validator import Validator

from engine.archive import ALLOWED
from settings import HERE

# An utterance that only an action or a form says is in no story; that is no mistake.
HARMLESS = ("is not used in any story or rule",)


def training_files(data: Path) -> list[str]:
    """What Rasa trains from: not the domain, which it reads apart, and not the test stories."""
    return [str(path) for path in (data / "nlu", data / "rules.yml", data / "stories.yml")]


def foreign_modules(config: Path) -> list[str]:
    """An error for each part that `config` would import from elsewhere than Rasa and `components/`.

    A part is named by its module, and naming a module runs it.
    """
    read: dict[str, Any] = read_yaml_file(config)
    parts = [part for kind in ("pipeline", "policies") for part in read.get(kind) or []]
    names = [str(part.get("name") if isinstance(part, dict) else part) for part in parts]
    wrong = [name for name in names if "." in name and not name.startswith(ALLOWED)]
    wrong += [f"importers: {one}" for one in read.get("importers") or []]
    return [f"error: {config.name} names {name}; parts come from Rasa or from components/" for name in wrong]


def problems(data: Path) -> list[str]:
    """Lines that begin `error: ` (the bot would not work) or `warning: ` (it may not)."""
    if foreign := foreign_modules(HERE / "config.yml"):
        return foreign  # before anything is imported by these names
    importer = TrainingDataImporter.load_from_config(
        str(HERE / "config.yml"), str(data / "domain.yml"), training_files(data)
    )
    validator = Validator.from_importer(importer)
    checks: list[Callable[[], bool]] = [
        validator.verify_domain_validity,
        lambda: validator.verify_nlu(ignore_warnings=True),
        validator.verify_form_slots,
        validator.verify_slot_mappings,
        validator.verify_forms_in_stories_rules,
        validator.verify_actions_in_stories_rules,
        lambda: validator.verify_story_structure(ignore_warnings=False),
    ]
    return [line for check in checks for line in _said_by(check)]


def _said_by(check: Callable[[], bool]) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        passed = check()
    said = [str(one.message).splitlines()[0] for one in caught if one.category is UserWarning]
    said = [line for line in said if not any(words in line for words in HARMLESS)]
    if passed:
        return [f"warning: {line}" for line in said]
    return [f"error: {line}" for line in said or ["the stories contradict each other"]]
