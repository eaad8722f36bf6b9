"""One pipeline on one data set, in the bot's Python: `python nlu_trial.py CONFIG EXAMPLES OUT`.

EXAMPLES is JSON `{"train": [[text, intent]…], "test": …, "strange": [text…]}`; OUT gets the
measurements. Runs in `bot/`, so that the bot's components are found.
"""

import json
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))
import quiet  # noqa: F401 - before Rasa

BATCH = 32


def trained(config: str, examples: list[list[str]], folder: Path) -> Path:
    """The model that Rasa trains from `examples`."""
    import rasa.model_training
    from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLWriter
    from rasa.shared.nlu.training_data.message import Message
    from rasa.shared.nlu.training_data.training_data import TrainingData

    data = TrainingData([Message.build(text=text, intent=intent) for text, intent in examples])
    nlu = folder / "nlu.yml"
    nlu.write_text(RasaYAMLWriter().dumps(data), encoding="utf-8")
    made = rasa.model_training.train_nlu(config, str(nlu), str(folder), fixed_model_name="model")
    assert made
    return Path(made)


class Parser:
    """A loaded model."""

    def __init__(self, model: Path, folder: Path) -> None:
        """Load it, unpacking it below `folder`."""
        from rasa.engine import loader
        from rasa.engine.runner.dask import DaskGraphRunner
        from rasa.engine.storage.local_model_storage import LocalModelStorage

        metadata, self._runner = loader.load_predict_graph_runner(
            folder, model, LocalModelStorage, DaskGraphRunner
        )
        self._target = metadata.nlu_target

    def parse(self, texts: list[str]) -> list[tuple[str, float, bool]]:
        """The likeliest intent of each text, its confidence, and whether the bot would answer."""
        from rasa.core.channels.channel import UserMessage
        from rasa.engine.constants import PLACEHOLDER_MESSAGE

        asked = [UserMessage(text) for text in texts]
        found = self._runner.run(inputs={PLACEHOLDER_MESSAGE: asked}, targets=[self._target])
        answers = []
        for message in found[self._target]:
            ranking = message.get("intent_ranking")
            answered = ranking[0]["name"] != "nlu_fallback"
            best = ranking[0] if answered else ranking[1]
            answers.append((best["name"], best["confidence"], answered))
        return answers


def measure(config: str, examples: dict[str, list], folder: Path) -> dict[str, object]:
    """Train, then parse the test set one by one and in batches."""
    wall, cpu = time.monotonic(), time.process_time()
    model = trained(config, examples["train"], folder)
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    (folder / "served").mkdir()
    parser = Parser(model, folder / "served")
    texts = [text for text, _ in examples["test"]]
    parser.parse(texts[:3])
    batched, answers = time.process_time(), []
    for begin in range(0, len(texts), BATCH):
        answers += parser.parse(texts[begin : begin + BATCH])
    batched = time.process_time() - batched
    single = [clocked(parser, text) for text in [*examples["strange"], *texts][-300:]]
    return {
        "answers": answers,
        "strange": parser.parse(examples["strange"]) if examples["strange"] else [],
        "train_wall_s": wall,
        "train_cpu_s": cpu,
        "train_peak_mb": peak,
        "single_ms": statistics.median(single),
        "batched_ms": batched / len(texts) * 1000,
        "model_mb": model.stat().st_size / 1e6,
    }


def clocked(parser: Parser, text: str) -> float:
    """Milliseconds of CPU for a message that was not seen before: a word more makes it new."""
    began = time.process_time()
    parser.parse([f"{text} ok"])
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        figures = measure(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), Path(place))
    Path(sys.argv[3]).write_text(json.dumps(figures))
