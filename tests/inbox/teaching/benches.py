"""A bot's folder whose programs are scripted, for what surrounds a training."""

import os
import sys
import tarfile
from pathlib import Path

from inbox.settings import SOURCES

TRAIN = """
import hashlib, json, pathlib, sys, tarfile, time
options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
data, out = pathlib.Path(options["--data"]), pathlib.Path(options["--out"])
what = (data / "domain.yml").read_text().split()[0]
print("some library's own words", flush=True)
print("train: checking the data", flush=True)
print("train:  40 % CountVectorsFeaturizer", flush=True)
if what == "fails":
    print("train: error: the action 'utter_x' is not known (rules.yml, line 7)", flush=True)
    print("train: failed: the data has mistakes, see above", flush=True)
    sys.exit(1)
if what == "greedy":
    bytearray(20 << 30)
while what == "hangs":
    time.sleep(0.05)
out.mkdir()
model = out / "parley.tar.gz"
with tarfile.open(model, "w:gz") as archive:
    archive.add(data, "data")
sha = hashlib.sha256(model.read_bytes()).hexdigest()
sealed = {"id": "rasa-" + sha[:8], "sha256": sha, "trained_at": "2026-01-01T00:00:00+00:00"}
(out / "parley.json").write_text(json.dumps({**sealed, "data_fingerprint": options["--fingerprint"]}))
near = [[0.91, ["ciao ciao", "goodbye"], ["ciao", "greet"]]]
(out / "near.json").write_text(json.dumps(near))
point = {"threshold": 0.4, "right": 0.9, "wrong": 0.05, "strangers_caught": 0.8, "worth": 0.5}
(out / "understanding.json").write_text(json.dumps({"threshold": 0.4, "ambiguity": 0.1, "curve": [point]}))
print("train: done in 0 s, model x", flush=True)
"""

IMAGINARY = """
import json

def touch_nothing():
    pass

class Imaginary:
    def __init__(self, model):
        self._decisions = json.loads(model.read_text())

    def parses(self, texts):
        return [{} for _ in texts]

    async def turn(self, conversation, text, parse, language):
        return {"entities": [], "handoff": False, **self._decisions[text]}
"""


TRY = """
import asyncio, json, pathlib, sys

def turn(said, model):
    text = said.get("payload") or said["text"]
    if text == "die":
        sys.exit(1)
    intent = {"name": "greet", "confidence": 0.9}
    reply = {"type": "options", "text": f"{model}: {text}", "options": [{"title": "Bye", "payload": "/bye"}]}
    is_run = text != "look it up"
    action = {"name": "utter_greet", "policy": "RulePolicy", "confidence": 1.0, "is_run": is_run}
    told = {"text": text, "intent": intent, "ranking": [intent], "entities": [], "slots": {"name": text}}
    why = {"slots_before": {}, "form": None, "handoff": False, "took_ms": 3.0}
    why["replies"] = [reply] if is_run else []
    return {**told, **why, "actions": [{**action, "chosen_by": ["Say hello"]}]}

async def answer(reader, writer):
    asked = json.loads(await reader.readline())
    model = pathlib.Path(asked["model"]).name[:6]
    steps = [{"user": said["text"], "intent": "greet"} for said in asked["said"]]
    found = {"turns": [turn(said, model) for said in asked["said"]], "steps": steps}
    about = {"id": model, "threshold": 0.4, "ambiguity": 0.1}
    writer.write(json.dumps({"model": about, asked["want"]: found[asked["want"]]}).encode() + b"\\n")
    await writer.drain()
    writer.close()

async def main():
    server = await asyncio.start_unix_server(answer, sys.argv[2])
    await server.serve_forever()

asyncio.run(main())
"""


def a_bot_home(folder: Path) -> Path:
    """A folder with a Python of its own and a scripted `train.py`: it does what `domain.yml` begins with."""
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (folder / "train.py").write_text(TRAIN)
    (folder / "try_models.py").write_text(TRY)
    return folder


def that_replays(bot: Path) -> None:
    """Give a bot's folder the real `replay.py`, with models that are a JSON object of decisions by text."""
    (bot / "replay.py").write_text((SOURCES / "bot" / "replay.py").read_text())
    logs = "def configure_structlog(level):\n    pass\n"
    scripted = {"imaginary.py": IMAGINARY, "light.py": "", "quiet.py": "", "rasa/utils/log_utils.py": logs}
    for name, text in scripted.items():
        (bot / name).parent.mkdir(parents=True, exist_ok=True)
        (bot / name).write_text(text)


def some_data(folder: Path, what: str = "works") -> Path:
    """Training data that makes the scripted training do so."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "domain.yml").write_text(f"{what} # {os.urandom(4).hex()}\n")
    return folder


def names_in(model: Path) -> list[str]:
    """What a packed model holds."""
    with tarfile.open(model) as archive:
        return archive.getnames()
