"""Texts to vectors of length 1, by an encoder that `bert_onnx` built."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import unicodedata
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np
from onnxruntime import InferenceSession, SessionOptions
from tokenizers import Tokenizer

AT_ONCE = 8
REMEMBERED = 4096
FILES = ("encoder.onnx", "tokenizer.json", "encoder.json")

# One of each in a process: the model that goes and the one that comes share their encoder.
_loaded: WeakValueDictionary[str, Encoder] = WeakValueDictionary()


class Encoder:
    """Safe in several threads at once. Remembers the vectors of the last few thousand texts."""

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        """Load what `save` wrote. `threads`: how many cores one call may use."""
        self.id = identity(folder)
        self._settings = json.loads((folder / FILES[2]).read_text())
        self._tokenizer = Tokenizer.from_file(str(folder / FILES[1]))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self._settings["max_tokens"])
        options = SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        weights = (folder / FILES[0]).read_bytes()
        self._session = InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        self.width = int(self._session.get_outputs()[0].shape[2])
        self._remembered: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def shared(cls, folder: Path) -> Encoder:
        """The encoder in `folder`, loaded once for everyone who holds it."""
        name = identity(folder)
        encoder = _loaded.get(name)
        if encoder is None:
            _loaded[name] = encoder = cls(folder)
        return encoder

    def encode(self, texts: list[str]) -> np.ndarray:
        """Texts × width, float32; a row of zeros for a text in a script that the encoder cannot read."""
        scripts = self._settings["scripts"]
        found = self._recall([text for text in texts if is_written_in(scripts, text)])
        missing = [text for text, vector in found.items() if vector is None]
        if missing:
            new = dict(zip(missing, self._compute(missing), strict=True))
            found.update(new)
            self._remember(new)
        nothing = np.zeros(self.width, np.float32)
        return np.array([found.get(text, nothing) for text in texts], np.float32).reshape(-1, self.width)

    def _recall(self, texts: list[str]) -> dict[str, np.ndarray | None]:
        with self._lock:
            for text in texts:
                if text in self._remembered:
                    self._remembered.move_to_end(text)
            return {text: self._remembered.get(text) for text in texts}

    def _remember(self, vectors: dict[str, np.ndarray]) -> None:
        with self._lock:
            self._remembered.update(vectors)
            while len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)

    def _compute(self, texts: list[str]) -> np.ndarray:
        whole = [text.encode("utf-8", "replace").decode() for text in texts]  # no lone surrogates
        tokens = [one.ids for one in self._tokenizer.encode_batch(whole)]
        vectors = np.zeros((len(texts), self.width), np.float32)
        by_length = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
        for begin in range(0, len(texts), AT_ONCE):
            chosen = by_length[begin : begin + AT_ONCE]
            vectors[chosen] = self._run([tokens[i] for i in chosen])
        return vectors

    def _run(self, tokens: list[list[int]]) -> np.ndarray:
        longest = max(map(len, tokens))
        ids = np.full((len(tokens), longest), self._settings["padding"], np.int32)
        mask = np.zeros_like(ids)
        for row, one in enumerate(tokens):
            ids[row, : len(one)] = one
            mask[row, : len(one)] = 1
        states = self._session.run(None, {"ids": ids, "mask": mask})[0]
        if self._settings["pooling"] == "cls":
            pooled = states[:, 0]
        else:
            pooled = np.einsum("ijk,ij->ik", states, mask.astype(np.float32))
        return pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-9)


class Kept:
    """Vectors on disk, by text, for the next training. Float16, in a SQLite file of this encoder's."""

    def __init__(self, path: Path) -> None:
        """Open or make the file at `path`."""
        self._database = sqlite3.connect(path, timeout=30)
        with self._database:
            self._database.execute("CREATE TABLE IF NOT EXISTS kept (text TEXT PRIMARY KEY, vector BLOB)")

    def encode(self, texts: list[str], encoder: Encoder) -> np.ndarray:
        """As `Encoder.encode`, computing only what is new."""
        rows = self._database.execute("SELECT text, vector FROM kept")
        known = {text: np.frombuffer(vector, np.float16) for text, vector in rows}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, encoder.encode(new).astype(np.float16), strict=True))
            pairs = [(text, known[text].tobytes()) for text in new]
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", pairs)
        return np.array([known[text] for text in texts], np.float32).reshape(-1, encoder.width)

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def identity(folder: Path) -> str:
    """A name that two encoders share only if they are the same."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:16]


def is_written_in(scripts: list[str] | None, text: str) -> bool:
    """Whether a text's letters are mostly of these scripts (Unicode's names; none given: of any)."""
    letters = [script for script in map(_script, text) if script]
    if not letters:
        return False
    return scripts is None or 2 * sum(script in scripts for script in letters) >= len(letters)


@lru_cache(maxsize=4096)
def _script(character: str) -> str | None:
    return unicodedata.name(character, "").partition(" ")[0] if character.isalpha() else None
