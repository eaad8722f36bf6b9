"""Training data out to, and in from, other programs: Rasa's files in a ZIP, Rasa's NLU JSON, and CSV."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any, cast

from inbox.actions.errors import Invalid
from inbox.studio.folder import LARGEST, MOST, File, Folder
from inbox.studio.healing import Rewrite
from inbox.studio.markup import BadMarkup, Entity, marked
from inbox.studio.nodes import Unreadable, parsed
from inbox.studio.project import Project, decoded
from inbox.studio.teaching import AddExamples, Kind

FORMATS = ("yaml", "json", "csv")
_COLUMNS = ["text", "intent", "entities"]
_FORMULA = ("=", "+", "-", "@", "\t")
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
            text = f"'{e.text}" if e.text.startswith(_FORMULA) else e.text
            entities = [_entity_json(e.text, entity) for entity in e.entities]
            writer.writerow([text, listed.name, json.dumps(entities, ensure_ascii=False) if entities else ""])
    return out.getvalue()


def from_json(content: bytes, project: Project) -> list[AddExamples]:
    """What is new in a file of Rasa's NLU JSON. Raises `Invalid`."""
    try:
        given = json.loads(content)["rasa_nlu_data"]
        found = {
            ("intent", str(e["intent"]), _marked(str(e["text"]), e.get("entities") or []))
            for e in given.get("common_examples", [])
        }
        found |= {("regex", str(e["name"]), str(e["pattern"])) for e in given.get("regex_features", [])}
        for e in given.get("lookup_tables", []):
            if isinstance(e.get("elements"), list):
                found |= {("lookup", str(e["name"]), str(word)) for word in e["elements"]}
        for e in given.get("entity_synonyms", []):
            found |= {("synonym", str(e["value"]), str(word)) for word in e["synonyms"]}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid("This is no NLU data of Rasa's in JSON (`rasa_nlu_data`).") from error
    return _new(found, project)


def from_csv(content: bytes, project: Project) -> list[AddExamples]:
    """What is new in a CSV with the columns text, intent and entities. Raises `Invalid` with the line."""
    try:
        lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        if not {"text", "intent"} <= set(lines.fieldnames or ()):
            raise Invalid("The first line must name the columns: text,intent,entities.")
        found = set()
        for line in lines:
            text, intent = (line["text"] or "").strip(), (line["intent"] or "").strip()
            if not text or not intent:
                raise Invalid(f"Line {lines.line_num} lacks its text or its intent.")
            if text[0] == "'" and text[1:].startswith(_FORMULA):
                text = text[1:]
            try:
                found.add(("intent", intent, _marked(text, json.loads(line.get("entities") or "[]"))))
            except (ValueError, KeyError, TypeError) as error:
                raise Invalid(f"Line {lines.line_num}: its entities cannot be read.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid("This is no CSV in UTF-8.") from error
    return _new(found, project)


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


def _marked(text: str, entities: Any) -> str:
    text = " ".join(text.split()) if not entities else text
    marks = [
        Entity(
            int(e["start"]),
            int(e["end"]),
            str(e["entity"]),
            e.get("role"),
            e.get("group"),
            None
            if str(e.get("value", "")) in ("", text[int(e["start"]) : int(e["end"])])
            else str(e["value"]),
        )
        for e in entities
    ]
    try:
        return marked(text, marks)
    except BadMarkup as error:
        raise Invalid(f"“{text[:80]}”: {error}") from error


def _new(found: set[tuple[str, str, str]], project: Project) -> list[AddExamples]:
    """Operations for what is not there yet, in a settled order."""
    present = {(x.kind, x.name, e.written) for x in project.lists for e in x.examples}
    present |= {(x.kind, x.name, " ".join(e.text.split())) for x in project.lists for e in x.examples}
    lists: dict[tuple[str, str], list[str]] = {}
    for kind, name, example in sorted(found - present):
        lists.setdefault((kind, name), []).append(example)
    return [AddExamples(cast(Kind, kind), name, each) for (kind, name), each in lists.items()]
