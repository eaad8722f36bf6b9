"""XML as SAML 2.0 speaks it: read so that nothing in it acts, and its names."""

import base64
import binascii
from typing import Any, NamedTuple

from lxml import etree

from inbox.actions.errors import Invalid

ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
NAMES = {"saml": ASSERTION, "samlp": PROTOCOL, "md": METADATA, "ds": SIGNATURE}

_UNREADABLE = "Your provider’s answer cannot be read."

Element = Any
"""lxml's, which tells no types."""


class Us(NamedTuple):
    """What we are to a provider."""

    entity_id: str
    back: str
    """Where browsers bring its answers to."""


def read(data: bytes) -> Element:
    """The root of a document of ours or a provider's. Raises `Invalid`.

    It is read as UTF-8 whatever it says of itself, and one with a document type is refused before it is
    parsed: so there are no entities to expand or to fetch (XXE, a billion laughs).
    """
    try:
        if "<!DOCTYPE" in data.decode("utf-8-sig") or "<!ENTITY" in data.decode("utf-8-sig"):
            raise Invalid(_UNREADABLE)
        parser = etree.XMLParser(
            encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        root = etree.fromstring(data, parser)
    except (UnicodeDecodeError, etree.XMLSyntaxError, ValueError) as error:
        raise Invalid(_UNREADABLE) from error
    if root.getroottree().docinfo.doctype:
        raise Invalid(_UNREADABLE)
    return root


def unpacked(given: str) -> bytes:
    """What base64 holds, with the line breaks that some providers put in. Raises `Invalid`."""
    try:
        return base64.b64decode("".join(given.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid(_UNREADABLE) from error


def text_of(element: Element) -> str:
    """All that stands in an element that holds nothing but text. Raises `Invalid` for any other.

    Also for a comment: `admin@bank.example<!-- -->.evil.example` is not `admin@bank.example`.
    """
    if element is None or len(element):
        raise Invalid(_UNREADABLE)
    return (element.text or "").strip()


def one(element: Element, path: str) -> Element:
    """The one element that is found there. Raises `Invalid` if there is none, or more."""
    found = element.findall(path, NAMES)
    if len(found) != 1:
        raise Invalid(_UNREADABLE)
    return found[0]
