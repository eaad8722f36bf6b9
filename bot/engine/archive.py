"""Opening a model's archive: only what serving needs, and only components that may run here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa.engine import loader
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import MODEL_ARCHIVE_METADATA_FILE, LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata

from engine.drafts import draft
from engine.plan import PlannedRunner
from model_files import ModelUnusable

ALLOWED = ("rasa.", "components.")
"""Where a component's class may come from. An archive names classes, and a named class is imported."""


class ServedStorage(LocalModelStorage):
    """Reads a model for serving. Raises `ModelUnusable` when it names a class from elsewhere."""

    @staticmethod
    def _load_metadata(directory: Path) -> ModelMetadata:
        written: dict[str, Any] = json.loads((directory / MODEL_ARCHIVE_METADATA_FILE).read_bytes())
        # How it was trained is of no use here, and its classes would bring all of TensorFlow with them.
        written["train_schema"] = {"nodes": {}}
        for name, node in written["predict_schema"]["nodes"].items():
            if not str(node["uses"]).startswith(ALLOWED):
                raise ModelUnusable(f"The model's part {name} is {node['uses']}, which may not run here.")
        return ModelMetadata.from_dict(written)


def opened(model: Path) -> tuple[ModelMetadata, GraphRunner]:
    """The model's description and its graph, ready to run. Raises what its components raise."""
    with draft("parley-model-") as folder:
        return loader.load_predict_graph_runner(folder, model, ServedStorage, PlannedRunner)
