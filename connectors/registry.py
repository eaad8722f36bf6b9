"""The one list of connector kinds. A new connector adds its line here and nothing else outside its folder."""

from collections.abc import Mapping

from connectors.contract import Kind
from connectors.errors import BadSettings
from connectors.rcs import KIND as RCS
from connectors.sms.infobip import KIND as INFOBIP
from connectors.sms.kaleyra import KIND as KALEYRA
from connectors.sms.sinch import KIND as SINCH
from connectors.sms.smpp import KIND as SMPP
from connectors.sms.twilio import KIND as TWILIO
from connectors.sms.vonage import KIND as VONAGE
from connectors.webchat import KIND as WEBCHAT
from connectors.whatsapp import KIND as WHATSAPP

KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (WHATSAPP, RCS, SMPP, TWILIO, KALEYRA, VONAGE, INFOBIP, SINCH, WEBCHAT)
}


def kind_of(name: str) -> Kind:
    """The kind of that name. Raises `BadSettings` naming the kinds there are."""
    if name not in KINDS:
        raise BadSettings(f"There is no connector “{name}”. The kinds are: {', '.join(sorted(KINDS))}.")
    return KINDS[name]


def complete(kind: Kind, given: Mapping[str, str]) -> dict[str, str]:
    """The settings with defaults filled in.

    Raises `BadSettings` for a name the kind does not know or a required one that is missing.
    """
    known = {setting.name: setting for setting in kind.settings}
    unknown = sorted(set(given) - set(known))
    missing = sorted(n for n, s in known.items() if s.default is None and not given.get(n))
    if unknown:
        raise BadSettings(f"{kind.name} has no setting “{unknown[0]}”. It has: {', '.join(known)}.")
    if missing:
        raise BadSettings(f"{kind.name} also needs: {', '.join(missing)}.")
    defaults = {n: s.default for n, s in known.items() if s.default is not None}
    return defaults | dict(given)
