"""Train the bot: `python train.py --out FOLDER [--fingerprint TEXT]`. Settings: `README.md`.

Prints a line for each step. Exit status 0: the new model is in its place. 1: the data has
mistakes, each printed in plain words. The model that was there before stays until then.
"""

from __future__ import annotations

import quiet  # noqa: F401 - first: what it sets must stand before Rasa is imported

import argparse
import logging
import sys
import time
from datetime import timezone
from pathlib import Path

from engine.drafts import draft
from model_files import NAME, Sealed, seal
from settings import DATA, HERE, Settings
from understanding import write_understanding
from whereabouts import located, unreadable

COMPONENTS = 7


def main() -> int:
    """Train from the command line; see the module."""
    options = _options()
    began = time.monotonic()
    try:
        with draft(".train-", _made(options.out)):
            pass  # it can be written to, which is better known before Rasa is loaded
    except OSError as error:
        return _failed_at(error, options.out)
    print("train: loading Rasa", flush=True)
    from rasa.shared.exceptions import RasaException, YamlException
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)

    try:
        with draft(".train-", _made(options.out)) as folder:
            trained = _train(options.data, folder, force=options.force)
            if trained is None:
                print("train: failed: the data has mistakes, see above", flush=True)
                return 1
            write_understanding(trained, options.out)
            _write_near(options.data, options.out)
            sealed = _seal(trained, options.out, options.fingerprint)
    except YamlException as error:
        print(f"train: error: {unreadable(error, options.data)}", flush=True)
        return 1
    except RasaException as error:
        print(f"train: failed: {error}", flush=True)
        return 1
    except OSError as error:
        return _failed_at(error, options.out)
    except MemoryError:
        print("train: failed: the training needs more memory than it may have", flush=True)
        return 1
    print(f"train: done in {time.monotonic() - began:.0f} s, model {sealed.id}", flush=True)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="the designers' folder")
    parser.add_argument("--out", type=Path, default=Settings.read().models, help="where the model goes")
    parser.add_argument("--fingerprint", help="of the data, kept in parley.json")
    parser.add_argument("--force", action="store_true", help="train parts that did not change, too")
    return parser.parse_args()


def _train(data: Path, folder: Path, *, force: bool) -> Path | None:
    import rasa.model_training

    from data_check import problems, training_files

    print("train: checking the data", flush=True)
    found = problems(data)
    for problem in found:
        print(f"train: {located(problem, data)}", flush=True)
    if any(problem.startswith("error") for problem in found):
        return None
    _report_progress()
    result = rasa.model_training.train(
        domain=str(data / "domain.yml"),
        config=str(HERE / "config.yml"),
        training_files=training_files(data),
        output=str(folder),
        fixed_model_name=NAME,
        force_training=force,
    )
    return Path(result.model) if result.model and result.code == 0 else None


def _report_progress() -> None:
    """Print a line as each component is trained, in place of Rasa's own log."""

    class Progress(logging.Handler):
        done = 0

        def emit(self, record: logging.LogRecord) -> None:
            message = record.getMessage()
            if message.startswith(("Finished training component", "Restored component")):
                self.done += 1
                share = min(99, 100 * self.done // COMPONENTS)
                print(f"train: {share:3d} % {message.split(chr(39))[1]}", flush=True)

    class Said(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            print(f"train: {record.getMessage()}", flush=True)

    ours = logging.getLogger("parley.train")
    ours.setLevel(logging.INFO)
    ours.propagate = False
    ours.addHandler(Said())
    hooks = logging.getLogger("rasa.engine.training.hooks")
    hooks.setLevel(logging.INFO)
    hooks.propagate = False
    hooks.addHandler(Progress())


def _write_near(data: Path, out: Path) -> None:
    from components.near import write_near

    write_near(data, HERE / "config.yml", out)


def _seal(trained: Path, out: Path, fingerprint: str | None) -> Sealed:
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    metadata = LocalModelStorage.metadata_from_archive(trained)
    when = metadata.trained_at.replace(tzinfo=timezone.utc).isoformat(timespec="seconds")
    return seal(trained, out, id=metadata.model_id, trained_at=when, fingerprint=fingerprint)


def _failed_at(error: OSError, models: Path) -> int:
    """Say what could not be read or written, and where models are kept."""
    what = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
    print(f"train: failed: {what}. Models are kept in {models}; PARLEY_BOT_MODELS names another", flush=True)
    return 1


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    sys.exit(main())
