"""What a SAML 2.0 provider and we tell each other of ourselves (SAML Metadata), and how we ask it."""

import base64
import zlib
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate, load_der_x509_certificate
from lxml import etree

from connectors.outside import NotCalled, Outside
from inbox.actions.errors import Invalid
from inbox.actions.openid import checked
from inbox.actions.saml_words import METADATA, NAMES, POST, PROTOCOL, REDIRECT, Element, Us, read, unpacked

_LONGEST = 2_000
_MOST = 10
_WEAKEST = 2048


class Provider(NamedTuple):
    """What a provider says of itself."""

    entity_id: str
    address: str
    certificates: tuple[str, ...]


async def fetched(address: str, outside: Outside) -> bytes:
    """The metadata that a provider publishes at an address. Raises `Invalid`."""
    try:
        answer = await outside.call("GET", checked(address, outside))
    except NotCalled as error:
        raise Invalid(f"Your provider was not reached. {error}") from error
    if answer.status != 200:
        raise Invalid(f"Your provider answers {answer.status} at {urlsplit(address).path}.")
    return answer.body


def provider_in(data: bytes, *, is_plain_taken: bool) -> Provider:
    """The provider that these metadata describe; `is_plain_taken`: also one without TLS. Raises `Invalid`."""
    found = [each for each in _entities(read(data)) if each.find("md:IDPSSODescriptor", NAMES) is not None]
    if len(found) != 1:
        raise Invalid("These are not the metadata of one identity provider.")
    described = found[0].find("md:IDPSSODescriptor", NAMES)
    entity_id = (found[0].get("entityID") or "").strip()
    if not entity_id or len(entity_id) > _LONGEST:
        raise Invalid("These are not the metadata of one identity provider.")
    return Provider(entity_id, _address(described, is_plain_taken), _certificates(described))


def _entities(root: Element) -> list[Element]:
    return list(root.iter(f"{{{METADATA}}}EntityDescriptor"))


def _address(described: Element, is_plain_taken: bool) -> str:
    """Where browsers are sent to sign in. Only they go there: it may be inside a network."""
    for service in described.findall("md:SingleSignOnService", NAMES):
        if service.get("Binding") == REDIRECT:
            address = (service.get("Location") or "").strip()
            schemes = ("https", "http") if is_plain_taken else ("https",)
            if len(address) > _LONGEST or not address.isprintable() or not _is_of(address, schemes):
                raise Invalid("The provider’s addresses must begin with https://.")
            return address
    raise Invalid("The provider names no address to sign in at by HTTP-Redirect.")


def _is_of(address: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in schemes and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


def _certificates(described: Element) -> tuple[str, ...]:
    """By which the provider may sign, in the order in which it names them. Raises `Invalid`."""
    kept: list[str] = []
    for key in described.findall("md:KeyDescriptor", NAMES):
        if key.get("use") in (None, "signing"):
            given = key.iterfind(".//ds:X509Certificate", NAMES)
            kept += [base64.b64encode(unpacked(each.text or "")).decode() for each in given]
    kept = list(dict.fromkeys(kept))
    if not kept or len(kept) > _MOST:
        raise Invalid("The provider names no certificate by which it signs.")
    for each in kept:
        read_certificate(each)
    return tuple(kept)


def read_certificate(given: str) -> Certificate:
    """A certificate with a key that is strong enough. Raises `Invalid`."""
    try:
        certificate = load_der_x509_certificate(unpacked(given))
        key = certificate.public_key()
    except ValueError as error:
        raise Invalid("A certificate of the provider cannot be read.") from error
    strong = isinstance(key, ec.EllipticCurvePublicKey) or (
        isinstance(key, rsa.RSAPublicKey) and key.key_size >= _WEAKEST
    )
    if not strong:
        raise Invalid("A certificate of the provider has a key that is too weak.")
    return certificate


def certificate_json(given: str) -> dict[str, Any]:
    """What an admin sees of a certificate."""
    certificate = read_certificate(given)
    return {
        "sha256": certificate.fingerprint(SHA256()).hex(),
        "expires_at": certificate.not_valid_after_utc,
    }


def metadata_of(us: Us) -> bytes:
    """What a provider's admin is to know of us."""
    root = etree.Element(f"{{{METADATA}}}EntityDescriptor", nsmap={"md": METADATA}, entityID=us.entity_id)
    described = etree.SubElement(
        root,
        f"{{{METADATA}}}SPSSODescriptor",
        AuthnRequestsSigned="false",
        WantAssertionsSigned="true",
        protocolSupportEnumeration=PROTOCOL,
    )
    etree.SubElement(described, f"{{{METADATA}}}NameIDFormat").text = _MAIL_FORMAT
    etree.SubElement(
        described,
        f"{{{METADATA}}}AssertionConsumerService",
        Binding=POST,
        Location=us.back,
        index="0",
        isDefault="true",
    )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


_MAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"


def asking(request_id: str, address: str, us: Us, now: datetime) -> str:
    """The address at the provider to which a browser is sent to sign in (Bindings 3.4: HTTP-Redirect)."""
    root = etree.Element(
        f"{{{PROTOCOL}}}AuthnRequest",
        nsmap={"samlp": PROTOCOL, "saml": NAMES["saml"]},
        ID=request_id,
        Version="2.0",
        IssueInstant=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        Destination=address,
        AssertionConsumerServiceURL=us.back,
        ProtocolBinding=POST,
    )
    etree.SubElement(root, f"{{{NAMES['saml']}}}Issuer").text = us.entity_id
    etree.SubElement(root, f"{{{PROTOCOL}}}NameIDPolicy", AllowCreate="true")
    squeezed = zlib.compressobj(wbits=-15)
    packed = squeezed.compress(etree.tostring(root)) + squeezed.flush()
    query = urlencode({"SAMLRequest": base64.b64encode(packed).decode()})
    return f"{address}{'&' if '?' in address else '?'}{query}"
