"""How a text becomes short messages and back. Pure, without any provider. Start reading at `splitting.py`.

3GPP TS 23.038 (alphabets) and TS 23.040 (the user data header).
"""

from connectors.sms.coding.choosing import choose
from connectors.sms.coding.cuts import TooManyParts
from connectors.sms.coding.header import Concatenation, Header, MalformedHeader, parse_header
from connectors.sms.coding.inspection import Inspection, inspect
from connectors.sms.coding.national import LANGUAGES
from connectors.sms.coding.packing import pack, unpack
from connectors.sms.coding.scheme import Encoding, NotInAlphabet, Scheme
from connectors.sms.coding.splitting import Part, joined, split
from connectors.sms.coding.transliteration import transliterated

__all__ = [
    "LANGUAGES",
    "Concatenation",
    "Encoding",
    "Header",
    "Inspection",
    "MalformedHeader",
    "NotInAlphabet",
    "Part",
    "Scheme",
    "TooManyParts",
    "choose",
    "inspect",
    "joined",
    "pack",
    "parse_header",
    "split",
    "transliterated",
    "unpack",
]
