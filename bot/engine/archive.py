"""Opening a model's archive: only what serving needs, and only components that may run here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rasa.engine import loader
from rasa.engine.graph import ExecutionContext
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import MODEL_ARCHIVE_METADATA_FILE, LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelMetadata, ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain

from engine.drafts import draft
from engine.plan import PlannedRunner
from model_files import ModelUnusable

ALLOWED = ("rasa.", "components.")
"""Where a component's class may come from. An archive names classes, and a named class is imported."""

NAME_OF_DOMAINS = f"{DomainProvider.__module__}.{DomainProvider.__name__}"


class OneDomain(DomainProvider):
    """Gives the policies the domain that the model's description has, instead of one more of the same.

    Rasa keeps it twice in a model. To read and check the other, a YAML file, was a third of loading, and left
    the heap in pieces.
    """

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> OneDomain:
        """One that knows the domain of the model in this storage."""
        assert isinstance(model_storage, ServedStorage)
        return cls(model_storage, resource, model_storage.domain)


class ServedStorage(LocalModelStorage):
    """Reads a model for serving. Raises `ModelUnusable` when it names a class from elsewhere."""

    domain: Domain

    @classmethod
    def from_model_archive(
        cls, storage_path: Path, model_archive_path: Path | str
    ) -> tuple[ServedStorage, ModelMetadata]:
        """The storage, and the model's description."""
        storage, metadata = super().from_model_archive(storage_path, model_archive_path)
        storage.domain = metadata.domain
        return storage, metadata

    @staticmethod
    def _load_metadata(directory: Path) -> ModelMetadata:
        written: dict[str, Any] = json.loads((directory / MODEL_ARCHIVE_METADATA_FILE).read_bytes())
        # How it was trained is of no use here, and its classes would bring all of TensorFlow with them.
        written["train_schema"] = {"nodes": {}}
        for name, node in written["predict_schema"]["nodes"].items():
            if not str(node["uses"]).startswith(ALLOWED):
                raise ModelUnusable(f"The model's part {name} is {node['uses']}, which may not run here.")
            if node["uses"] == NAME_OF_DOMAINS:
                node["uses"] = f"{__name__}.{OneDomain.__name__}"
        return ModelMetadata.from_dict(written)


def opened(model: Path) -> tuple[ModelMetadata, GraphRunner]:
    """The model's description and its graph, ready to run. Raises what its components raise."""
    with draft("parley-model-") as folder:
        return loader.load_predict_graph_runner(folder, model, ServedStorage, PlannedRunner)
