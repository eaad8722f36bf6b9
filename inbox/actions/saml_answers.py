"""What a SAML 2.0 provider says of who signs in (SAML Core, and Profiles 4.1: Web Browser SSO).

`signxml` checks the signature; after that nothing is read but the very element that it found to be signed, so
that nothing wrapped around it or put beside it counts. The assertion itself must be signed: an answer that is
signed as a whole, with no signature in the assertion, is refused.
"""

from datetime import UTC, datetime, timedelta

import msgspec
from cryptography.x509 import load_der_x509_certificate
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from inbox.actions.errors import Invalid
from inbox.actions.groups import named as of_the_table
from inbox.actions.saml_names import address_in, groups_in, name_in
from inbox.actions.saml_words import ASSERTION, NAMES, PROTOCOL, Element, Us, one, read, text_of, unpacked
from inbox.model.entry import SamlSignOn

SKEW = timedelta(seconds=60)
"""By how much a provider's clock may differ from ours."""

_LARGEST = 400_000
_SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
_NOT_GOOD = "Your provider’s answer does not hold good. Try again."

_METHODS = frozenset(
    SignatureMethod[f"{kind}_{size}"] for kind in ("RSA", "ECDSA") for size in ("SHA256", "SHA384", "SHA512")
) | {SignatureMethod.SHA256_RSA_MGF1, SignatureMethod.SHA384_RSA_MGF1, SignatureMethod.SHA512_RSA_MGF1}
_DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
"""No SHA-1, and no signature by a secret that is shared (HMAC)."""


class Asserted(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider has signed: who signed in there, and to which question of ours that is the answer."""

    id: str
    good_until: datetime
    subject: str
    email: str
    name: str
    groups: tuple[str, ...]
    """Those of the groups it tells that our table of roles names."""
    in_response_to: str | None


def asserted_in(given: str, chosen: SamlSignOn, us: Us, now: datetime) -> Asserted:
    """What a provider says in a form's `SAMLResponse`. Raises `Invalid` if not it said so, to us, and now."""
    if len(given) > _LARGEST:
        raise Invalid("Your provider’s answer cannot be read.")
    signed = _signed_in(read(unpacked(given)), chosen, now)
    if text_of(one(signed, "saml:Issuer")) != chosen.entity_id or signed.get("Version") != "2.0":
        raise Invalid("Your provider’s answer is another provider’s.")
    one(signed, "saml:AuthnStatement")
    until = _meant_for(signed, us, now)
    confirmed = _confirmed(signed, us, now)
    named = one(signed, "saml:Subject/saml:NameID")
    subject = text_of(named)
    email = address_in(signed, subject)
    return Asserted(
        id=signed.get("ID"),
        good_until=until,
        # A transient name is another one next time: then the address says who it is.
        subject=email if named.get("Format") == _TRANSIENT else subject,
        email=email,
        name=name_in(signed),
        groups=of_the_table(groups_in(signed, chosen.groups_from), chosen),
        in_response_to=confirmed.get("InResponseTo"),
    )


def _signed_in(root: Element, chosen: SamlSignOn, now: datetime) -> Element:
    """The assertion as it was signed by one of the provider's keys. Raises `Invalid`."""
    if root.tag != f"{{{PROTOCOL}}}Response":
        raise Invalid(_NOT_GOOD)
    if one(root, "samlp:Status/samlp:StatusCode").get("Value") != _SUCCESS:
        raise Invalid("Your provider did not let you in.")
    if root.find("saml:EncryptedAssertion", NAMES) is not None:
        raise Invalid("Your provider encrypts its answers. Ask an admin to have them signed alone.")
    given = one(root, "saml:Assertion")
    if len(list(root.iter(f"{{{ASSERTION}}}Assertion"))) != 1 or not given.get("ID"):
        raise Invalid(_NOT_GOOD)
    one(given, "ds:Signature")
    for certificate in chosen.certificates:
        signed = _by(certificate, root, now)
        if signed is not None and signed.tag == given.tag and signed.get("ID") == given.get("ID"):
            return signed
    raise Invalid(_NOT_GOOD)


def _by(certificate: str, root: Element, now: datetime) -> Element | None:
    """What this certificate's key has signed where the assertion's signature stands; None if nothing."""
    expected = SignatureConfiguration(
        location=f"./{{{ASSERTION}}}Assertion/",
        signature_methods=_METHODS,
        digest_algorithms=_DIGESTS,
        verification_time=now,
    )
    try:
        result = XMLVerifier().verify(
            root,
            x509_cert=load_der_x509_certificate(unpacked(certificate)),
            id_attribute="ID",
            expect_config=expected,
        )
    except (SignXMLException, etree.LxmlError, ValueError, TypeError, KeyError, NotImplementedError):
        return None
    return None if isinstance(result, list) else result.signed_xml


def _meant_for(signed: Element, us: Us, now: datetime) -> datetime:
    """Until when it may be taken. Raises `Invalid` if it is for others, or not for now."""
    conditions = one(signed, "saml:Conditions")
    audiences = conditions.findall("saml:AudienceRestriction", NAMES)
    for restriction in audiences:
        if us.entity_id not in [text_of(each) for each in restriction.findall("saml:Audience", NAMES)]:
            raise Invalid("Your provider’s answer is for somebody else.")
    if not audiences:
        raise Invalid("Your provider’s answer is for somebody else.")
    return _in_time(conditions, now)


def _confirmed(signed: Element, us: Us, now: datetime) -> Element:
    """The confirmation that whoever brings it to us now is its subject. Raises `Invalid`."""
    for confirmation in signed.findall("saml:Subject/saml:SubjectConfirmation", NAMES):
        data = confirmation.find("saml:SubjectConfirmationData", NAMES)
        if confirmation.get("Method") == _BEARER and data is not None and data.get("Recipient") == us.back:
            _in_time(data, now)
            return data
    raise Invalid("Your provider’s answer is for somebody else.")


def _in_time(element: Element, now: datetime) -> datetime:
    """Until when this holds, which must be said. Raises `Invalid` if it does not hold now."""
    begins, ends = element.get("NotBefore"), _moment(element.get("NotOnOrAfter"))
    if (begins and now + SKEW < _moment(begins)) or now - SKEW >= ends:
        raise Invalid("Your provider’s answer is not of now. Try again, or ask an admin to set the clocks.")
    return ends


def _moment(given: str | None) -> datetime:
    """A moment as SAML writes it: in UTC, with or without saying so. Raises `Invalid`."""
    try:
        moment = datetime.fromisoformat(given or "")
    except ValueError as error:
        raise Invalid("Your provider’s answer cannot be read.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
