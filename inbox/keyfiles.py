"""Secrets that Parley makes for itself, each in a file for its user alone."""

import os
import secrets
from pathlib import Path

from pydantic import SecretStr


def given_or_kept(given: SecretStr | None, file: Path) -> str:
    """The secret that was given, else the one in the file, which is made on first use."""
    if given is not None:
        return given.get_secret_value()
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _keep(secrets.token_urlsafe(48), file)


def _keep(secret: str, file: Path) -> str:
    """Write the secret for this user alone. Of processes that do so at once, the first one's stays."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(secret + "\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    finally:
        draft.unlink()
    return secret
