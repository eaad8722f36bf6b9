"""A project on disk for every test."""

from pathlib import Path

import pytest

from inbox.studio.folder import Folder
from tests.inbox.studio.samples import FILES


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """The sample project."""
    for name, text in FILES.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return Folder(tmp_path / "data")
