"""SMS by SMPP 3.4, straight to an operator's message centre (SMSC). Start reading at `connector.py`.

From the wire up: `commands` and `pdus` (octets), `session` (one connection), `link` (a bind that is kept up);
`texts`, `receipts`, `gathering`, `redelivery` and `reception` for what comes in; `outbound` and `ledger` for
what goes out.
"""

from collections.abc import Mapping
from typing import ClassVar

import aiohttp

from connectors.contract import Clock, Connector, Kind, Setting
from connectors.sms.filling import TRANSLITERATE, spelt
from connectors.sms.people import number
from connectors.sms.smpp.connector import CAPABILITIES, Smpp
from connectors.sms.smpp.profile import BINDS, profile_of


class SmppKind:
    """How the registry makes SMPP connectors."""

    name: ClassVar[str] = "smpp"
    title: ClassVar[str] = "SMS by SMPP"
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting(name="host", meaning="The SMSC's host name or address"),
        Setting(name="port", meaning="Its port", default="2775"),
        Setting(name="system_id", meaning="The account's name at the SMSC"),
        Setting(name="password", meaning="The account's password", secret=True),
        Setting(name="system_type", meaning="The system type, if the operator gave one", default=""),
        Setting(
            name="from", meaning="The sender: a number such as +15550100, a short code or a name", default=""
        ),
        Setting(name="bind", meaning=f"How to bind: {', '.join(BINDS)}", default="transceiver"),
        Setting(name="tls", meaning="Whether the line is encrypted: yes or no", default="no"),
        Setting(
            name="tls_authority",
            meaning="The SMSC's own certificate authority in PEM, if any",
            default="",
            lines=3,
        ),
        Setting(name="window", meaning="How many requests may wait for their answers", default="10"),
        Setting(name="rate", meaning="How many parts a second may go; empty for no limit", default=""),
        Setting(name="enquire_seconds", meaning="How often to ask whether the line lives", default="30"),
        Setting(name="answer_seconds", meaning="How long the SMSC may take for an answer", default="30"),
        Setting(name="alphabet", meaning="What data_coding 0 means: gsm7, latin1 or ascii", default="gsm7"),
        Setting(name="latin1", meaning="Whether data_coding 3 may be used: yes or no", default="no"),
        Setting(name="languages", meaning="National alphabets in use, such as turkish or hindi", default=""),
        TRANSLITERATE,
        Setting(name="long_messages", meaning="How long texts go: udh, sar or payload", default="udh"),
        Setting(name="reference_bits", meaning="Bits of a long text's reference: 8 or 16", default="8"),
        Setting(name="region", meaning="The country of numbers without one, such as IT", default=""),
        Setting(name="gather_minutes", meaning="How long a text's parts wait for each other", default="60"),
        Setting(
            name="validity_hours", meaning="After how long the SMSC gives up; empty: as it likes", default=""
        ),
        Setting(name="receipts", meaning="Delivery receipts: all, failures or none", default="all"),
        Setting(name="service_type", meaning="The service type, if the operator gave one", default=""),
        Setting(name="source_ton", meaning="The sender's type of number; auto: by its look", default="auto"),
        Setting(name="source_npi", meaning="The sender's numbering plan; auto: by its look", default="auto"),
        Setting(name="dest_ton", meaning="The customers' type of number", default="1"),
        Setting(name="dest_npi", meaning="The customers' numbering plan", default="1"),
        Setting(name="address_range", meaning="Which numbers to receive for, if asked for", default=""),
    )

    def connect(self, settings: Mapping[str, str], *, http: aiohttp.ClientSession, clock: Clock) -> Connector:
        """Make a connector; it is down until somebody holds it. Raises `BadSettings`."""
        return Smpp(profile_of(settings), clock=clock, carries=spelt(CAPABILITIES, settings))

    def account(self, settings: Mapping[str, str]) -> str | None:
        """The sending number, which is where customers write to."""
        return number(settings.get("from"))


KIND: Kind = SmppKind()
