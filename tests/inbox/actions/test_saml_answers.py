"""What is believed of a SAML provider's answer, and every way known of having it say something else."""

import base64
import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree
from msgspec.structs import replace

from inbox.actions.errors import Invalid
from inbox.actions.saml_answers import asserted_in
from inbox.actions.saml_metadata import metadata_of, provider_in
from inbox.actions.saml_words import Us
from inbox.model.entry import GroupRole, SamlSignOn
from tests.saml import C14N, ENTRA, OKTA, RSA_SHA1, RSA_SHA256, SHA1_DIGEST, IdentityProvider, told

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
OURS = Us("https://parley.example/login/saml/metadata", "https://parley.example/login/saml/back")
PROVIDER = IdentityProvider()
ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}"
PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"


def chosen(*providers: IdentityProvider) -> SamlSignOn:
    signed_by = tuple(each.encoded for each in providers or (PROVIDER,))
    return SamlSignOn(
        entity_id=PROVIDER.issuer,
        address=PROVIDER.address,
        certificates=signed_by,
        name="x",
        domains=("bank.example",),
    )


def read(answer: bytes, *providers: IdentityProvider, now: datetime = NOW) -> Any:
    return asserted_in(base64.b64encode(answer).decode(), chosen(*providers), OURS, now)


def refused(answer: bytes, *providers: IdentityProvider, now: datetime = NOW) -> str:
    with pytest.raises(Invalid) as raised:
        read(answer, *providers, now=now)
    return str(raised.value)


@pytest.mark.parametrize("shape", [OKTA, ENTRA])
@pytest.mark.parametrize("provider", [PROVIDER, IdentityProvider(curve=True)])
def test_an_answer_of_a_real_shape_is_read(shape: str, provider: IdentityProvider) -> None:
    found = read(provider.answer(OURS, NOW, shape=shape, asked="_7", subject="anna"), provider)
    assert (found.subject, found.email, found.name) == ("anna", "anna@bank.example", "Anna Neri")
    assert (found.in_response_to, found.good_until) == ("_7", NOW + timedelta(minutes=5))
    assert read(provider.answer(OURS, NOW, shape=shape), provider).in_response_to is None


def test_either_of_two_certificates_signs_while_they_change() -> None:
    coming = IdentityProvider()
    for signer in (PROVIDER, coming):
        assert read(signer.answer(OURS, NOW), PROVIDER, coming).subject == "anna@bank.example"
    metadata = provider_in(PROVIDER.metadata(coming).encode(), is_plain_taken=False)
    assert metadata == (PROVIDER.issuer, PROVIDER.address, (PROVIDER.encoded, coming.encoded))


@pytest.mark.parametrize("name", ["groups", "memberOf", "http://schemas.xmlsoap.org/claims/Group", "mine"])
def test_groups_are_read_by_their_usual_names_or_the_one_given_and_no_others_kept(name: str) -> None:
    told = "".join(f"<AttributeValue>{group}</AttributeValue>" for group in ("Everyone", "Leads &amp; Co"))
    one = f'<Attribute Name="{name}">{told}</Attribute>'
    many = one + f'<Attribute Name="{name}"><AttributeValue>Writers</AttributeValue></Attribute>'
    answer = PROVIDER.answer(
        OURS, NOW, shape=ENTRA.replace("</AttributeStatement>", f"{many}</AttributeStatement>")
    )
    rows = (GroupRole("Writers", "designer"), GroupRole("Leads & Co", "supervisor"))
    table = replace(chosen(), groups=rows, groups_from="mine" if name == "mine" else "")
    given = base64.b64encode(answer).decode()
    assert asserted_in(given, table, OURS, NOW).groups == ("Leads & Co", "Writers")
    assert asserted_in(given, chosen(), OURS, NOW).groups == ()
    assert asserted_in(given, replace(table, groups_from="another"), OURS, NOW).groups == ()


def test_a_transient_name_is_nobodys_and_the_address_is() -> None:
    transient = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
    assert read(PROVIDER.answer(OURS, NOW, subject="_a1b2", format=transient)).subject == "anna@bank.example"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"signs": False}, "cannot be read"),
        ({"audience": "https://another.example"}, "for somebody else"),
        ({"recipient": "https://another.example/acs"}, "for somebody else"),
        ({"issuer": "https://another.idp"}, "another provider"),
        ({"until": told(NOW - timedelta(seconds=61))}, "not of now"),
        ({"begins": told(NOW + timedelta(seconds=61))}, "not of now"),
        ({"until": ""}, "cannot be read"),
        ({"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"}, "did not let you in"),
        ({"method": RSA_SHA1}, "does not hold good"),
        ({"digest": SHA1_DIGEST}, "does not hold good"),
    ],
)
def test_what_is_not_for_us_or_not_of_now_is_refused(change: dict[str, Any], words: str) -> None:
    assert words in refused(PROVIDER.answer(OURS, NOW, **change))


def test_clocks_may_differ_by_a_minute() -> None:
    for edge in ({"until": told(NOW - timedelta(seconds=59))}, {"begins": told(NOW + timedelta(seconds=59))}):
        assert read(PROVIDER.answer(OURS, NOW, **edge))


def test_another_ones_key_and_a_late_certificate_sign_nothing() -> None:
    assert "does not hold good" in refused(IdentityProvider().answer(OURS, NOW))
    late = IdentityProvider(expires=NOW - timedelta(days=1))
    assert "does not hold good" in refused(late.answer(OURS, NOW), late)
    assert read(late.answer(OURS, NOW - timedelta(days=2)), late, now=NOW - timedelta(days=2))


def test_a_changed_or_stripped_answer_is_refused() -> None:
    good = PROVIDER.answer(OURS, NOW)
    assert read(good)
    assert "does not hold good" in refused(good.replace(b"anna@bank", b"boss@bank"))
    root = etree.fromstring(good)
    signature = root.find(f".//{DS}Signature")
    signature.getparent().remove(signature)
    assert refused(etree.tostring(root))
    for mark in ("SignatureValue", "X509Certificate"):
        hollow = etree.fromstring(good)
        hollow.find(f".//{DS}{mark}").text = ""
        assert mark == "X509Certificate" or refused(etree.tostring(hollow))
    assert refused(b"") and refused(b"<x/>") and refused(b"\xff\xfe<") and refused(b"not xml")


def test_a_signature_over_the_whole_answer_alone_is_refused() -> None:
    unsigned = etree.fromstring(PROVIDER.answer(OURS, NOW, signs=False))
    inside = etree.fromstring(PROVIDER.answer(OURS, NOW)).find(f".//{DS}Signature")
    inside.find(f".//{DS}Reference").set("URI", "#" + unsigned.get("ID"))
    for each in inside.iter(f"{DS}SignatureValue", f"{DS}DigestValue", f"{DS}X509Certificate"):
        each.text = None
    unsigned.insert(1, inside)
    assert refused(PROVIDER.signed(etree.tostring(unsigned)))


def test_a_comment_does_not_cut_a_name_short() -> None:
    """Duo's finding of 2018: a signature that leaves comments out, and a reader that stops at one."""
    for field in ("subject", "email"):
        theirs = {field: "admin@bank.example.evil.example"}
        whole = PROVIDER.answer(OURS, NOW, **theirs)
        cut = whole.replace(b"bank.example.evil", b"bank.example<!-- -->.evil")
        assert cut != whole and getattr(read(cut), field) == theirs[field]
        signed_too = PROVIDER.answer(OURS, NOW, c14n=C14N + "WithComments", **theirs)
        assert getattr(read(signed_too), field) == theirs[field]
        assert refused(signed_too.replace(b"bank.example.evil", b"bank.example<!-- -->.evil"))
        its_own = {field: "admin@bank.example<!-- -->.evil.example"}
        assert refused(PROVIDER.answer(OURS, NOW, c14n=C14N + "WithComments", **its_own))


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY e "&b;&b;&b;&b;">]>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
        b"<!DOCTYPE x>",
    ],
)
def test_a_document_type_is_refused_before_anything_is_read(declared: bytes) -> None:
    good = PROVIDER.answer(OURS, NOW)
    hostile = declared + good.replace(b"anna@bank.example", b"&e;", 1)
    assert "cannot be read" in refused(hostile)
    for name in ("utf-16", "utf-7"):
        said = b'<?xml version="1.0" encoding="' + name.encode() + b'"?>' + hostile
        assert "cannot be read" in refused(said.decode().encode(name))
    with pytest.raises(Invalid):
        provider_in(declared + PROVIDER.metadata().partition("?>")[2].encode(), is_plain_taken=False)


def evil(root: Any, same_id: bool) -> tuple[Any, Any]:
    """The signed assertion, and one of another person that nobody signed."""
    signed = root.find(f"{ASSERTION}Assertion")
    forged = copy.deepcopy(signed)
    forged.remove(forged.find(f"{DS}Signature"))
    for told_ in (forged.find(f".//{ASSERTION}NameID"), forged.find(f".//{ASSERTION}AttributeValue")):
        told_.text = "boss@bank.example"
    if not same_id:
        forged.set("ID", "_evil")
    return signed, forged


def signed_whole_inside(root: Any, signed: Any, forged: Any) -> None:
    """XSW1: the whole original below a signature of a new answer."""
    whole = copy.deepcopy(root)
    root.replace(signed, forged)
    etree.SubElement(root, f"{DS}Signature").append(whole)


def signed_whole_before(root: Any, signed: Any, forged: Any) -> None:
    """XSW2: the original beside the new answer's contents."""
    whole = copy.deepcopy(root)
    root.replace(signed, forged)
    root.insert(0, whole)


def forged_before(root: Any, signed: Any, forged: Any) -> None:
    """XSW3."""
    signed.addprevious(forged)


def signed_in_forged(root: Any, signed: Any, forged: Any) -> None:
    """XSW4."""
    root.replace(signed, forged)
    forged.append(signed)


def signature_moved(root: Any, signed: Any, forged: Any) -> None:
    """XSW5: the forged one bears the signature of the other, which comes last."""
    signature = signed.find(f"{DS}Signature")
    signed.addprevious(forged)
    forged.insert(1, signature)


def signed_in_moved_signature(root: Any, signed: Any, forged: Any) -> None:
    """XSW6."""
    signature = signed.find(f"{DS}Signature")
    root.replace(signed, forged)
    forged.insert(1, signature)
    signature.append(signed)


def forged_in_extensions(root: Any, signed: Any, forged: Any) -> None:
    """XSW7."""
    extensions = etree.Element(f"{PROTOCOL}Extensions")
    extensions.append(forged)
    root.insert(1, extensions)


def signed_in_an_object(root: Any, signed: Any, forged: Any) -> None:
    """XSW8."""
    signature = signed.find(f"{DS}Signature")
    root.replace(signed, forged)
    forged.insert(1, signature)
    etree.SubElement(signature, f"{DS}Object").append(signed)


def signed_in_extensions(root: Any, signed: Any, forged: Any) -> None:
    """The other way round than XSW7."""
    extensions = etree.Element(f"{PROTOCOL}Extensions")
    root.replace(signed, forged)
    extensions.append(signed)
    root.insert(1, extensions)


@pytest.mark.parametrize("same_id", [False, True])
@pytest.mark.parametrize(
    "wrap",
    [
        signed_whole_inside,
        signed_whole_before,
        forged_before,
        signed_in_forged,
        signature_moved,
        signed_in_moved_signature,
        forged_in_extensions,
        signed_in_an_object,
        signed_in_extensions,
    ],
)
def test_what_is_wrapped_around_a_signed_assertion_says_nothing(
    wrap: Callable[[Any, Any, Any], None], same_id: bool
) -> None:
    """Somorovsky et al., On Breaking SAML: Be Whoever You Want to Be (2012)."""
    root = etree.fromstring(PROVIDER.answer(OURS, NOW))
    signed, forged = evil(root, same_id)
    wrap(root, signed, forged)
    assert b"boss@bank.example" in etree.tostring(root)
    assert refused(etree.tostring(root))


def test_an_assertion_of_which_only_a_part_is_signed_is_refused() -> None:
    """A signature that stands where it should, over another element that it names."""
    good = PROVIDER.answer(OURS, NOW, id="1", signs=False)
    root = etree.fromstring(good)
    root.find(f".//{ASSERTION}Subject").set("ID", "part")
    signature = etree.fromstring(PROVIDER.answer(OURS, NOW)).find(f".//{DS}Signature")
    signature.find(f".//{DS}Reference").set("URI", "#part")
    for each in signature.iter(f"{DS}SignatureValue", f"{DS}DigestValue", f"{DS}X509Certificate"):
        each.text = None
    root.find(f"{ASSERTION}Assertion").insert(1, signature)
    assert "does not hold good" in refused(PROVIDER.signed(etree.tostring(root)))


def test_a_signature_by_a_shared_secret_or_by_a_key_that_it_brings_is_none() -> None:
    hmac = PROVIDER.answer(OURS, NOW).replace(
        RSA_SHA256.encode(), b"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
    )
    assert "does not hold good" in refused(hmac)
    stranger = IdentityProvider()
    assert "does not hold good" in refused(stranger.answer(OURS, NOW), PROVIDER)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m.replace("IDPSSODescriptor", "SPSSODescriptor"), "not the metadata"),
        (lambda m: m.replace(f'entityID="{PROVIDER.issuer}"', ""), "not the metadata"),
        (lambda m: m.replace("HTTP-Redirect", "SOAP"), "no address"),
        (lambda m: m.replace("https://bank", "http://bank"), "https://"),
        (lambda m: m.replace("https://bank", "javascript://bank"), "https://"),
        (lambda m: m.replace(PROVIDER.encoded, base64.b64encode(b"no").decode()), "cannot be read"),
        (lambda m: m.replace('use="signing"', 'use="encryption"'), "no certificate"),
        (lambda m: IdentityProvider(bits=1024).metadata(), "too weak"),
    ],
)
def test_metadata_that_cannot_work_are_refused(change: Callable[[str], str], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        provider_in(change(PROVIDER.metadata()).encode(), is_plain_taken=False)


def test_what_we_say_of_ourselves_is_what_a_provider_reads() -> None:
    root = etree.fromstring(metadata_of(OURS))
    service = root.find(".//{*}AssertionConsumerService")
    assert (root.get("entityID"), service.get("Location")) == OURS
    assert root.find("{*}SPSSODescriptor").get("WantAssertionsSigned") == "true"
