"""By which names providers tell a person's address and name: there is no one way; these are usual."""

from inbox.actions.saml_words import NAMES, Element, text_of

_MICROSOFT = "http://schemas.microsoft.com/identity/claims"
_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"

_ADDRESSES = (
    f"{_CLAIMS}/emailaddress",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "email",
    "mail",
    "emailaddress",
    "user.email",
)
_WHOLE = (f"{_MICROSOFT}/displayname", "urn:oid:2.16.840.1.113730.3.1.241", "displayname", "name", "cn")
_FIRST = (
    f"{_CLAIMS}/givenname",
    "urn:oid:2.5.4.42",
    "givenname",
    "firstname",
    "first_name",
    "user.firstname",
)
_GROUPS = (
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
    "http://schemas.xmlsoap.org/claims/group",
    "urn:oid:1.3.6.1.4.1.5923.1.5.1.1",
    "groups",
    "group",
    "memberof",
)
_LAST = (f"{_CLAIMS}/surname", "urn:oid:2.5.4.4", "surname", "sn", "lastname", "last_name", "user.lastname")


def address_in(signed: Element, subject: str) -> str:
    """The mail address in a signed assertion; its subject if that is one; empty if there is none."""
    return _told(signed, _ADDRESSES) or (subject if "@" in subject else "")


def name_in(signed: Element) -> str:
    """What the person is called; empty if the provider does not say."""
    parts = [found for found in (_told(signed, _FIRST), _told(signed, _LAST)) if found]
    return _told(signed, _WHOLE) or " ".join(parts)


def groups_in(signed: Element, told_by: str) -> list[str]:
    """The groups of the person, by the attribute `told_by`, or the usual ones.

    Providers write one attribute of many values, or many of one.
    """
    names = {told_by.lower()} if told_by else {name.lower() for name in _GROUPS}
    return [
        text_of(value)
        for attribute in signed.findall("saml:AttributeStatement/saml:Attribute", NAMES)
        if (attribute.get("Name") or "").lower() in names
        for value in attribute.findall("saml:AttributeValue", NAMES)
    ]


def _told(signed: Element, names: tuple[str, ...]) -> str:
    """The first value of the first of these attributes that the provider tells, in any case."""
    found: dict[str, str] = {}
    for attribute in signed.findall("saml:AttributeStatement/saml:Attribute", NAMES):
        values = [text_of(each) for each in attribute.findall("saml:AttributeValue", NAMES)]
        found.setdefault((attribute.get("Name") or "").lower(), next(filter(None, values), ""))
    return next((found[name] for name in map(str.lower, names) if found.get(name)), "")
