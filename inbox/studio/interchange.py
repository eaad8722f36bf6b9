"""Training data out to other programs: Rasa's files in a ZIP (and in again), Rasa's NLU JSON, and CSV."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

from inbox.actions.errors import Invalid
from inbox.model.contact_file import FORMULA
from inbox.studio.folder import LARGEST, MOST, File, Folder
from inbox.studio.healing import Rewrite
from inbox.studio.markup import Entity
from inbox.studio.nodes import Unreadable, parsed
from inbox.studio.project import Project, decoded

FORMATS = ("yaml", "json", "csv")
_COLUMNS = ["text", "intent", "entities"]
_ALL_UNPACKED = 8 * 1024 * 1024


def zipped(files: Iterable[File]) -> bytes:
    """The files as they are, in a ZIP."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(file.name, file.content)
    return packed.getvalue()


def unzipped(content: bytes, folder: Folder) -> list[Rewrite]:
    """What the YAML files of a ZIP would change. Raises `Invalid` for one that is too large or unreadable."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = [e for e in archive.infolist() if e.filename.endswith((".yml", ".yaml")) and not e.is_dir()]
        if len(entries) > MOST or sum(e.file_size for e in entries) > _ALL_UNPACKED:
            raise Invalid("The ZIP unpacks to too much.")
        unpacked = {entry.filename: _unpacked(archive, entry) for entry in entries}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, EOFError) as error:
        raise Invalid("This is no ZIP that can be read.") from error
    if not unpacked:
        raise Invalid("There is no YAML file in this ZIP.")
    present = set(folder.names())
    rewrites = []
    for name, new in unpacked.items():
        try:
            parsed(decoded(new))
        except Unreadable as error:
            raise Invalid(f"{name}, line {error.line}: {error}") from error
        before = folder.read(name).content if name in present else None
        folder.check(name)
        if before != new:
            rewrites.append(Rewrite(name, before, new))
    return rewrites


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """No more of it than is allowed, whatever it says of its size."""
    with archive.open(entry) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Invalid(f"{entry.filename} is too large.")
    return content


def as_json(project: Project) -> Any:
    """Rasa's NLU JSON, with what `nlu:` holds."""
    return {
        "rasa_nlu_data": {
            "common_examples": [
                {
                    "text": e.text,
                    "intent": listed.name,
                    "entities": [_entity_json(e.text, entity) for entity in e.entities],
                }
                for listed in project.of("intent")
                for e in listed.examples
            ],
            "regex_features": [
                {"name": r.name, "pattern": e.written} for r in project.of("regex") for e in r.examples
            ],
            "lookup_tables": [
                {"name": each.name, "elements": [e.written for e in each.examples]}
                for each in project.of("lookup")
            ],
            "entity_synonyms": [
                {"value": each.name, "synonyms": [e.written for e in each.examples]}
                for each in project.of("synonym")
            ],
        }
    }


def as_csv(project: Project) -> str:
    """A line for each example; entities as JSON. What a spreadsheet would run as a formula gets a quote."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for listed in project.of("intent"):
        for e in listed.examples:
            entities = [_entity_json(e.text, entity) for entity in e.entities]
            packed = json.dumps(entities, ensure_ascii=False) if entities else ""
            writer.writerow([_harmless(e.text), _harmless(listed.name), packed])
    return out.getvalue()


def _harmless(cell: str) -> str:
    """With a quote before it where it is a formula, or would lose a quote of its own on the way back."""
    return f"'{cell}" if cell.lstrip("'").startswith(FORMULA) else cell


def fingerprint(rewrites: list[Rewrite]) -> str:
    """By which what was previewed is known again."""
    total = hashlib.sha256()
    for each in rewrites:
        for part in (each.name.encode(), each.before, each.after):
            total.update(hashlib.sha256(part or b"").digest() + (b"0" if part is None else b"1"))
    return total.hexdigest()


def _entity_json(text: str, entity: Entity) -> dict[str, Any]:
    """As Rasa's JSON has it: always with a value."""
    found = {f: v for f in ("role", "group") if (v := getattr(entity, f))}
    value = entity.value or text[entity.start : entity.end]
    return {"start": entity.start, "end": entity.end, "value": value, "entity": entity.entity, **found}
