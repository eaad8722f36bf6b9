"""The training data that a new edition begins with: a copy of another's, or little enough to be replaced.

Either is whole before it is in its place: it is written beside it and moved there.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inbox.actions.errors import AlreadyThere, Invalid
from inbox.studio.folder import Folder

_WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...], str, str, str]] = {
    "en": (
        ("hello", "hi there", "good morning", "hey"),
        ("a person please", "let me talk to an agent", "I want to speak to a human", "human"),
        "Hello! How can I help?",
        "I will fetch a person for you.",
        "I did not understand that. Could you say it in other words?",
    ),
    "it": (
        ("ciao", "buongiorno", "salve", "buonasera"),
        ("un operatore per favore", "voglio parlare con una persona", "mi passi un collega", "operatore"),
        "Ciao! Come posso aiutarti?",
        "Ti passo subito una persona.",
        "Non ho capito. Puoi dirlo con altre parole?",
    ),
    "es": (
        ("hola", "buenos días", "buenas tardes", "qué tal"),
        ("un agente por favor", "quiero hablar con una persona", "páseme con alguien", "agente"),
        "¡Hola! ¿En qué puedo ayudarte?",
        "Te paso con una persona.",
        "No lo he entendido. ¿Puedes decirlo con otras palabras?",
    ),
    "hi": (
        ("नमस्ते", "हैलो", "सुप्रभात", "नमस्कार"),
        ("मुझे किसी व्यक्ति से बात करनी है", "एजेंट से बात कराइए", "इंसान से बात करनी है", "एजेंट"),
        "नमस्ते! मैं आपकी क्या मदद करूँ?",
        "मैं आपको किसी व्यक्ति से जोड़ता हूँ।",
        "मैं समझ नहीं पाया। क्या आप इसे दूसरे शब्दों में कह सकते हैं?",
    ),
}
"""Greetings, wishes for a person, and three answers. Another language begins with the English ones."""

_NLU = """\
version: "3.1"

nlu:
  - intent: greet
    examples: |
{greetings}

  - intent: human_handoff
    examples: |
{wishes}
"""
_DOMAIN = """\
version: "3.1"

intents:
  - greet
  - human_handoff

slots:
  # Set by `action_hand_over`; the inbox reads it and puts a person on.
  handoff:
    type: any
    mappings:
      - type: custom
  # How the last conversation with a person ended: resolved, unresolved.
  last_handoff_outcome:
    type: text
    influence_conversation: false
    mappings:
      - type: custom

responses:
  utter_greet:
    - text: "{hello}"
  utter_hand_over_asked:
    - text: "{person}"
  utter_ask_rephrase:
    - text: "{again}"

actions:
  - action_hand_over
"""
_RULES = """\
version: "3.1"

rules:
  - rule: Greet back
    steps:
      - intent: greet
      - action: utter_greet

  - rule: Fetch a person
    steps:
      - intent: human_handoff
      - action: action_hand_over

  - rule: Ask again for what was not understood
    steps:
      - intent: nlu_fallback
      - action: utter_ask_rephrase
"""


def lay_out(folder: Path, language: str, source: Path | None) -> None:
    """Fill `folder` with the files of `source`, or with a beginning in that language. Blocks.

    Files that are there already stay; then `source` must be None. Raises `AlreadyThere` or `Invalid`.
    """
    if folder.is_dir() and any(folder.iterdir()):
        if source is not None:
            raise AlreadyThere("There are training data in its place already. Take those up without a copy.")
        return
    files = _copied(source) if source is not None else _beginning(language)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder.parent):
            for left in folder.parent.glob(f".{folder.name}.*"):  # by processes that were killed over it
                shutil.rmtree(left, ignore_errors=True)
            _move_in(files, folder)
    except OSError as error:
        raise AlreadyThere(f"The folder of the training data cannot be made: {error.strerror}.") from error


def _move_in(files: dict[str, bytes], folder: Path) -> None:
    """Write the files beside the folder, then let them be it."""
    draft = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        draft.mkdir()
        there = Folder(draft)
        for name, content in files.items():
            there.write(name, content, based_on=None)
        draft.replace(folder)  # fails if somebody else has put files there
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """No other process of ours lays anything out there meanwhile."""
    handle = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _copied(source: Path) -> dict[str, bytes]:
    files = {file.name: file.content for file in Folder(source).files()}
    if not files:
        raise Invalid("There is nothing to copy.")
    return files


def _beginning(language: str) -> dict[str, bytes]:
    greetings, wishes, hello, person, again = _WORDS.get(language.partition("-")[0], _WORDS["en"])
    texts = {
        "nlu/intents.yml": _NLU.format(greetings=_lines(greetings), wishes=_lines(wishes)),
        "domain.yml": _DOMAIN.format(hello=hello, person=person, again=again),
        "rules.yml": _RULES,
        "stories.yml": 'version: "3.1"\n\nstories: []\n',
    }
    return {name: text.encode() for name, text in texts.items()}


def _lines(examples: tuple[str, ...]) -> str:
    return "\n".join(f"      - {example}" for example in examples)
