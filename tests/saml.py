"""A SAML 2.0 identity provider with a key of its own. It signs by libxmlsec1: none of the code under test.

Its answers have the shape of those that Okta and Entra ID send: the one writes prefixes, the other none.
"""

import base64
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree

OKTA = """<?xml version="1.0" encoding="UTF-8"?>
<saml2p:Response xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" 
 xmlns:xs="http://www.w3.org/2001/XMLSchema" Destination="{recipient}" ID="id{id}r"
 InResponseTo="{asked}" IssueInstant="{now}" Version="2.0"><saml2:Issuer
 xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion">{issuer}</saml2:Issuer><saml2p:Status><saml2p:StatusCode
 Value="{status}"/></saml2p:Status><saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"
 ID="id{id}" IssueInstant="{now}" Version="2.0"><saml2:Issuer
 Format="urn:oasis:names:tc:SAML:2.0:nameid-format:entity">{issuer}</saml2:Issuer>{signature}<saml2:Subject>
<saml2:NameID
 Format="{format}">{subject}</saml2:NameID><saml2:SubjectConfirmation
 Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml2:SubjectConfirmationData
 {confirmed}NotOnOrAfter="{until}" Recipient="{recipient}"/></saml2:SubjectConfirmation></saml2:Subject>
<saml2:Conditions NotBefore="{begins}"
 NotOnOrAfter="{until}"><saml2:AudienceRestriction><saml2:Audience>{audience}</saml2:Audience>
</saml2:AudienceRestriction></saml2:Conditions><saml2:AuthnStatement AuthnInstant="{now}"
 SessionIndex="id{id}"><saml2:AuthnContext><saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport
</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement><saml2:AttributeStatement>
<saml2:Attribute Name="email" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified">
<saml2:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">{email}
</saml2:AttributeValue></saml2:Attribute>
<saml2:Attribute Name="firstName"><saml2:AttributeValue>{first}</saml2:AttributeValue></saml2:Attribute>
<saml2:Attribute Name="lastName"><saml2:AttributeValue>{last}</saml2:AttributeValue></saml2:Attribute>
</saml2:AttributeStatement></saml2:Assertion></saml2p:Response>"""

ENTRA = """<samlp:Response ID="_{id}r" Version="2.0" IssueInstant="{now}" Destination="{recipient}"
 InResponseTo="{asked}" xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><Issuer
 xmlns="urn:oasis:names:tc:SAML:2.0:assertion">{issuer}</Issuer><samlp:Status><samlp:StatusCode
 Value="{status}"/></samlp:Status><Assertion ID="_{id}" IssueInstant="{now}" Version="2.0"
 xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><Issuer>{issuer}</Issuer>{signature}<Subject><NameID
 Format="{format}">{subject}</NameID><SubjectConfirmation
 Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><SubjectConfirmationData {confirmed}NotOnOrAfter="{until}"
 Recipient="{recipient}"/></SubjectConfirmation></Subject><Conditions NotBefore="{begins}"
 NotOnOrAfter="{until}"><AudienceRestriction><Audience>{audience}</Audience></AudienceRestriction></Conditions>
<AttributeStatement><Attribute Name="http://schemas.microsoft.com/identity/claims/displayname">
<AttributeValue>{first} {last}</AttributeValue></Attribute><Attribute
 Name="http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"><AttributeValue>{email}</AttributeValue>
</Attribute></AttributeStatement><AuthnStatement AuthnInstant="{now}" SessionIndex="_{id}"><AuthnContext>
<AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</AuthnContextClassRef></AuthnContext>
</AuthnStatement></Assertion></samlp:Response>"""

METADATA = """<?xml version="1.0"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{issuer}">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{keys}
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{address}/post"/>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{address}"/>
</IDPSSODescriptor></EntityDescriptor>"""

KEY = """<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>
{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"""

SIGNATURE = """<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
<ds:SignedInfo><ds:CanonicalizationMethod
 Algorithm="{c14n}"/><ds:SignatureMethod
 Algorithm="{method}"/><ds:Reference URI="#{prefix}{id}"><ds:Transforms>
<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform
 Algorithm="{c14n}"/></ds:Transforms><ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference>
</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data><ds:X509Certificate/></ds:X509Data></ds:KeyInfo>
</ds:Signature>"""

C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
SHA256_DIGEST = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA1_DIGEST = "http://www.w3.org/2000/09/xmldsig#sha1"
MAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


class IdentityProvider:
    """One with these words for itself; `ours` are the entity id and the address that it knows of us."""

    def __init__(
        self,
        issuer: str = "http://www.okta.com/exk1",
        *,
        curve: bool = False,
        expires: datetime | None = None,
        bits: int = 2048,
    ) -> None:
        self.issuer = issuer
        self.address = "https://bank.okta.example/app/parley/sso/saml"
        self._key: Any = (
            ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, bits)
        )
        self._method = ECDSA_SHA256 if curve else RSA_SHA256
        named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")])
        ends = expires or datetime(2099, 1, 1, tzinfo=UTC)
        built = x509.CertificateBuilder(named, named, self._key.public_key(), x509.random_serial_number())
        built = built.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC)).not_valid_after(ends)
        self.certificate = built.sign(self._key, SHA256())

    @property
    def encoded(self) -> str:
        """Its certificate, as metadata hold it."""
        return base64.b64encode(self.certificate.public_bytes(Encoding.DER)).decode()

    def metadata(self, *others: "IdentityProvider") -> str:
        """What it publishes of itself, also with the keys of others as its own next ones."""
        keys = "".join(KEY.format(certificate=each.encoded) for each in (self, *others))
        return METADATA.format(issuer=self.issuer, keys=keys, address=self.address)

    def answer(self, ours: tuple[str, str], now: datetime, *, signs: bool = True, **changes: Any) -> bytes:
        """What it has a browser post, before base64. Names of `changes` are the gaps in the templates."""
        shape, minute = changes.pop("shape", OKTA), timedelta(minutes=5)
        gaps: dict[str, Any] = {
            "id": changes.pop("id", None) or x509.random_serial_number(),
            "issuer": self.issuer,
            "status": SUCCESS,
            "now": told(now),
            "begins": told(now - minute),
            "until": told(now + minute),
            "recipient": ours[1],
            "audience": ours[0],
            "asked": "",
            "subject": "anna@bank.example",
            "format": MAIL,
            "email": "anna@bank.example",
            "first": "Anna",
            "last": "Neri",
            "c14n": C14N,
            "method": self._method,
            "digest": SHA256_DIGEST,
            **changes,
        }
        gaps["confirmed"] = f'InResponseTo="{gaps["asked"]}" ' if gaps["asked"] else ""
        gaps["prefix"] = "_" if shape.startswith("<samlp") else "id"
        gaps["signature"] = SIGNATURE.format(**gaps) if signs else ""
        text = shape.format(**gaps)
        text = text.replace('\n InResponseTo=""', "")
        return self.signed(text.encode()) if signs else text.encode()

    def signed(self, document: bytes) -> bytes:
        """The document with its signature filled in."""
        root = etree.fromstring(document)
        xmlsec.tree.add_ids(root, ["ID"])
        context = xmlsec.SignatureContext()
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        context.key = xmlsec.Key.from_memory(pem, xmlsec.KeyFormat.PEM)
        context.key.load_cert_from_memory(self.certificate.public_bytes(Encoding.PEM), xmlsec.KeyFormat.PEM)
        context.sign(root.find(".//{http://www.w3.org/2000/09/xmldsig#}Signature"))
        return bytes(etree.tostring(root))


def told(moment: datetime) -> str:
    """A moment as these providers write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def asked_in(address: str) -> Any:
    """The request that a browser is sent to the provider with."""
    packed = base64.b64decode(parse_qs(urlsplit(address).query)["SAMLRequest"][0])
    return etree.fromstring(zlib.decompress(packed, -15))


def form_of(answer: bytes, **more: str) -> dict[str, str]:
    """The form that the provider's page posts."""
    return {"SAMLResponse": base64.b64encode(answer).decode(), **more}
