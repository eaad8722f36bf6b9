"""Texts and their octets: alphabets, packed and unpacked, national tables, and which encoding is chosen."""

import re

from connectors.sms.coding import LANGUAGES, Encoding, NotInAlphabet, Scheme, choose, pack, unpack
from connectors.sms.coding.national import LOCKING, SINGLE
from tests.conformance.vectors import Json, Vector
from tests.conformance.verdicts import CannotJudge, Disagrees, agree, made, shown

GSM = Scheme()


def is_mine(vector: Vector) -> bool:
    said = vector.flat
    return any(judge_of(said)) or bool({"gsm_valid", "gsm_invalid", "detect"} & said.keys())


def judge_of(said: Json) -> tuple[bool, ...]:
    has_octets = any(key.endswith("hex") for key in said)
    return (
        "char" in said and has_octets,
        isinstance(said.get("text"), str) and has_octets,
        _national(said) is not None,
    )


def judge(vector: Vector) -> str:
    said = vector.flat
    if "gsm_valid" in said or "gsm_invalid" in said:
        return _membership(said)
    if "detect" in said:
        return _detection(said)
    national = _national(said)
    if national is not None:
        return _national_table(*national)
    text = said["char"] if "char" in said else said["text"]
    return _octets(text, said)


def _octets(text: str, said: Json) -> str:
    name = str(said.get("encoding", "gsm7-unpacked")).lower()
    packed = "packed" in name and "unpacked" not in name
    tried = schemes_named(name)
    if "error_strict" in said or "replace_hex" in said or "ignore_hex" in said:
        return _what_is_missing(text, tried[0], said)
    wanted = _hex(
        said,
        "octets_hex",
        "hex",
        "bytes_hex",
        "encoded_hex",
        "expected_hex",
        "packed_hex" if packed else "octets_hex",
    )
    results = {
        scheme: made(lambda s=scheme: _encoded(s, text, packed))
        for scheme in tried
        if not scheme.missing(text)
    }
    if wanted not in results.values():
        return _another_spelling(text, wanted, results)
    scheme = next(each for each, octets in results.items() if octets == wanted)
    back = scheme.decode(unpack(wanted, len(scheme.encode(text))) if packed else wanted)
    agree("decoded", made(lambda: back), text)
    if "packed_hex" in said:
        agree("packed", pack(scheme.encode(text)), _hex(said, "packed_hex"))
    for key in ("septets", "units"):
        if key in said:
            agree(key, len(scheme.encode(text)) // scheme.unit_octets, said[key])
    return f"{scheme.encoding}{_tables(scheme)}, {wanted.hex() or 'nothing'}, and back"


def _another_spelling(text: str, wanted: bytes, results: dict[Scheme, bytes]) -> str:
    """Right if the vector's octets say the same in the same tables, only longer than ours."""
    for scheme, octets in results.items():
        if scheme.decode(wanted) == text and len(octets) < len(wanted):
            spelt = f"{octets.hex()}; the longer {wanted.hex()} is read too"
            return f"{scheme.encoding}{_tables(scheme)}, {spelt}"
    ours = ", ".join(octets.hex() for octets in results.values()) or "not in the alphabet"
    raise Disagrees(f"octets: ours {ours}, the vector has {wanted.hex()}")


def _encoded(scheme: Scheme, text: str, packed: bool) -> bytes:
    octets = scheme.encode(text)
    return pack(octets) if packed else octets


def _what_is_missing(text: str, scheme: Scheme, said: Json) -> str:
    if said.get("error_strict"):
        try:
            scheme.encode(text)
        except NotInAlphabet:
            pass
        else:
            raise Disagrees("it was encoded without complaint")
    for errors in ("replace", "ignore"):
        if f"{errors}_hex" in said:
            agree(errors, scheme.encode(text, errors), _hex(said, f"{errors}_hex"))
    return f"not in {scheme.encoding}; replaced and ignored as wished"


def _membership(said: Json) -> str:
    for text in said.get("gsm_valid", ()):
        agree(f"missing in {shown(text)}", GSM.missing(text), [])
        agree("decoded", GSM.decode(GSM.encode(text)), text)
    for text in said.get("gsm_invalid", ()):
        if not GSM.missing(text):
            raise Disagrees(f"{shown(text)} is taken for GSM-7")
    return f"{len(said.get('gsm_valid', ()))} texts in GSM-7, {len(said.get('gsm_invalid', ()))} not"


def _detection(said: Json) -> str:
    name = str(said["detect"]).lower()
    wanted = schemes_named(name)[0].encoding
    ours = choose(said["text"], latin1=wanted is Encoding.LATIN1).encoding
    agree("encoding", ours, wanted)
    return f"{ours}" + (", where the operator takes it" if ours is Encoding.LATIN1 else "")


def _national(said: Json) -> tuple[int, Json] | None:
    """The language and the table of characters to octets, if that is what the vector is."""
    tables = [each for each in said.values() if isinstance(each, dict) and each and _is_table(each)]
    number = said.get("id", said.get("language_id", said.get("identifier")))
    if not tables or not isinstance(number, int):
        return None
    return number, {key: value for table in tables for key, value in table.items()}


def _is_table(table: Json) -> bool:
    return all(len(key) == 1 and isinstance(value, str) for key, value in table.items()) and all(
        re.fullmatch(r"(?:[0-9a-fA-F]{2}){1,2}", value) for value in table.values()
    )


def _national_table(language: int, table: Json) -> str:
    if language not in LANGUAGES:
        raise CannotJudge(f"there is no national language {language} in TS 23.038")
    tried = [
        Scheme(Encoding.GSM7, lock, single)
        for lock in {0, language} & LOCKING.keys()
        for single in (0, language)
    ]
    for character, wanted in table.items():
        octets = {scheme.encode(character) for scheme in tried if not scheme.missing(character)}
        if bytes.fromhex(wanted) not in octets:
            raise Disagrees(
                f"{character}: ours {sorted(each.hex() for each in octets)}, the vector has {wanted}"
            )
    return f"all {len(table)} characters of {LANGUAGES[language]} where the vector has them"


def schemes_named(name: str) -> list[Scheme]:
    """The schemes that a name may mean, national tables included. Raises `CannotJudge`."""
    name = name.lower()
    if re.search(r"ucs|utf.?16", name):
        return [Scheme(Encoding.UCS2)]
    if re.search(r"latin|8859.?1\b", name):
        return [Scheme(Encoding.LATIN1)]
    if not re.search(r"gsm|7.?bit|septet|03\.?38|default", name):
        raise CannotJudge(f"Parley sends no SMS in {name}")
    number = re.search(r"\((?:0x)?(\d+)\)", name)
    language = int(number[1]) if number else next((n for n, each in LANGUAGES.items() if each in name), 0)
    if not language:
        return [GSM]
    if language not in SINGLE:
        raise CannotJudge(f"there is no national language {language} in TS 23.038")
    pairs = [(0, language), (language, 0), (language, language)]
    if "locking" in name:
        pairs = [(language, 0), (language, language)]
    elif "single" in name:
        pairs = [(0, language)]
    return [Scheme(Encoding.GSM7, *pair) for pair in pairs if pair[0] in LOCKING]


def _tables(scheme: Scheme) -> str:
    names = [LANGUAGES[each] for each in (scheme.locking, scheme.single) if each]
    return f" with {' and '.join(dict.fromkeys(names))} tables" if names else ""


def _hex(said: Json, *keys: str) -> bytes:
    for key in keys:
        if isinstance(said.get(key), str):
            return bytes.fromhex(said[key])
    raise CannotJudge(f"the vector has none of {', '.join(dict.fromkeys(keys))}")
