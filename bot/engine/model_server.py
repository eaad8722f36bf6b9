"""Models from the inbox's model server, kept in a folder so that a start without the server has one.

The protocol is Rasa's: a GET with the ETag of what is here is answered by 304 (still that), 204 (there is
none) or 200 with the archive, whose ETag is its SHA-256.
"""

from __future__ import annotations

import json
import logging
import shutil
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from engine.drafts import draft
from engine.models import ModelFolder
from model_files import NAME, ModelUnusable, Sealed, check, glance, seal, sha256_of

SECONDS = 10.0

log = logging.getLogger("parley.model_server")


class ModelServer:
    """A lane of the model server, and the folder in which what it gave is kept.

    Where it has none, `otherwise` is the source; if that is empty too, what was kept stays. All of it blocks.
    """

    def __init__(self, url: str, token: str, keep: Path, otherwise: ModelFolder | None = None) -> None:
        """`url` is the lane's address, `token` what it is shown."""
        self._url = url
        self._token = token
        self._keep = keep
        self._otherwise = otherwise
        self._seen: object = None
        self._is_away = False
        keep.mkdir(parents=True, exist_ok=True)

    @property
    def is_empty(self) -> bool:
        """Whether there is no model in this lane."""
        return glance(self._keep) is None and self._otherwise is None

    def has_changed(self) -> bool:
        """Ask the server; whether there is another model than at the last `fetch`."""
        self._ask()
        return self._glance() != self._seen

    def fetch(self) -> tuple[Path, Sealed]:
        """The present model, its bytes checked. Raises `ModelUnusable`."""
        self._ask()
        self._seen = self._glance()
        if glance(self._keep) is None and self._otherwise is not None:
            return self._otherwise.fetch()
        return check(self._keep)

    def note_empty(self) -> None:
        """That there is none has been seen."""
        self._seen = self._glance()

    def _glance(self) -> object:
        kept = glance(self._keep)
        if kept is None and self._otherwise is not None:
            return "folder", self._otherwise.glance()
        return kept

    def _ask(self) -> None:
        """Take what the server has. One that cannot be reached, or answers nonsense, changes nothing."""
        try:
            self._take()
        except HTTPError as error:
            if error.code != 304:
                return self._away(f"answered {error.code}")
        except (OSError, HTTPException, ModelUnusable, ValueError) as error:
            return self._away(f"{type(error).__name__}: {error}")
        if self._is_away:
            log.info("the model server is back")
        self._is_away = False
        return None

    def _away(self, why: str) -> None:
        if not self._is_away:
            log.warning("the model server is of no use (%s); what is here stays", why)
        self._is_away = True

    def _take(self) -> None:
        kept = self._kept()
        headers = {"Authorization": f"Bearer {self._token}", "If-None-Match": f'"{kept}"' if kept else ""}
        has_nothing_else = self._otherwise is not None and self._otherwise.glance() is None
        if has_nothing_else:
            headers["X-Own-Model"] = "none"  # so that nobody rolls back to it
        with urlopen(Request(self._url, headers=headers), timeout=SECONDS) as answer:  # noqa: S310
            if answer.status == 204:
                if has_nothing_else:
                    return
                (self._keep / f"{NAME}.json").unlink(missing_ok=True)
                return
            expected = answer.headers.get("ETag", "").strip('"')
            with draft(".taking-", self._keep) as folder:
                taken = folder / "taken"
                with taken.open("wb") as file:
                    shutil.copyfileobj(answer, file)
                if sha256_of(taken) != expected:
                    raise ModelUnusable("what the model server sent is not what its ETag names")
                about = answer.headers
                seal(
                    taken,
                    self._keep,
                    id=about.get("X-Model-Id", expected),
                    trained_at=about.get("X-Trained-At", ""),
                    fingerprint=None,
                )

    def _kept(self) -> str | None:
        """The hash of what is kept, by its seal; its bytes are checked when they are loaded."""
        try:
            found = json.loads((self._keep / f"{NAME}.json").read_bytes())["sha256"]
            return str(found) if (self._keep / f"{NAME}-{found[:16]}.tar.gz").is_file() else None
        except (OSError, ValueError, KeyError, TypeError):
            return None
