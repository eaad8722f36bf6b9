"""Whether a channel works: its credentials tried before they are saved, a message to try it, how it fares."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import aiohttp

from connectors.content import Text
from connectors.contract import Checked, ChecksItself, Clock, Connector, Outbound
from connectors.errors import BadSettings, CredentialsRefused, SendFailed
from connectors.events import Identity, IdentityKind
from connectors.registry import complete, kind_of
from inbox.actions.errors import ActionRefused, Invalid, NotFound
from inbox.model.channel import Channel, Health
from inbox.model.ids import new_id
from inbox.model.secrets import Vault
from inbox.store import Store

Json = dict[str, Any]


class CheckFailed(ActionRefused):
    """The provider did not accept the channel, or could not be asked."""

    status = 422
    code = "check_failed"


class Workshop(NamedTuple):
    """What it takes to make a connector of settings that may not be saved yet."""

    store: Store
    vault: Vault
    http: aiohttp.ClientSession
    clock: Clock
    rehearsal_url: str | None = None
    """Where stand-ins answer in place of the providers of channels in rehearsal."""
    at_line: Callable[[str], Connector | None] = lambda _: None
    """The connector that holds a channel's line in this process, if there is one."""

    def connector(self, kind_name: str, settings: Mapping[str, str], *, rehearsal: bool) -> Connector:
        """The connector. Raises `Invalid` naming what is wrong with the settings."""
        try:
            kind = kind_of(kind_name)
            full = complete(kind, self.vault.open_all(settings))
            if rehearsal and self.rehearsal_url and "api_base" in full:
                full["api_base"] = f"{self.rehearsal_url}/{kind_name}"
            return kind.connect(full, http=self.http, clock=self.clock)
        except BadSettings as error:
            raise Invalid(str(error)) from error


async def check_settings(
    shop: Workshop, kind: str, settings: Mapping[str, str], *, rehearsal: bool = False
) -> Checked:
    """Try settings, saved or not. Raises `Invalid` or `CheckFailed`."""
    connector = shop.connector(kind, settings, rehearsal=rehearsal)
    if not isinstance(connector, ChecksItself):
        return Checked(summary="The settings are complete. Only a message can show whether they are right.")
    try:
        return await connector.check()
    except SendFailed as error:
        raise CheckFailed(str(error)) from error


async def check_channel(shop: Workshop, channel_id: str) -> Checked:
    """Try a saved channel, and write down how it fares. Raises `NotFound`, `Invalid` or `CheckFailed`."""
    channel = await channel_of(shop, channel_id)
    try:
        checked = await check_settings(shop, channel.kind, channel.settings, rehearsal=channel.rehearsal)
    except CheckFailed as error:
        if isinstance(error.__cause__, CredentialsRefused):
            await shop.store.channels.note_health(channel_id, Health("bad", str(error), shop.clock()))
        raise
    await shop.store.channels.note_health(channel_id, Health("good", None, shop.clock()))
    return checked


async def send_test(shop: Workshop, channel_id: str, *, to: str, text: str) -> str:
    """Send a message to oneself, by the name that this channel knows one by; the provider's id of it.

    Raises `NotFound`, `Invalid`, or `CheckFailed` with the provider's reason.
    """
    channel = await channel_of(shop, channel_id)
    connector = shop.at_line(channel_id) or shop.connector(
        channel.kind, channel.settings, rehearsal=channel.rehearsal
    )
    outbound = Outbound(
        message_id=new_id(),
        to=(_named(to, channel.kind, connector.capabilities.reached_by),),
        content=Text(text),
        account=channel.account,
    )
    try:
        receipt = await connector.send(outbound)
    except SendFailed as error:
        if isinstance(error, CredentialsRefused):
            await shop.store.channels.note_health(channel_id, Health("bad", str(error), shop.clock()))
        raise CheckFailed(str(error)) from error
    await shop.store.channels.note_health(channel_id, Health("good", None, shop.clock()))
    return receipt.external_id


def _named(to: str, kind: str, by: IdentityKind) -> Identity:
    """Whom an admin means by what they typed. Raises `Invalid`."""
    if by is not IdentityKind.PHONE:
        given = to.strip().removeprefix(f"{kind}:")
        if not given or len(given) > 200:
            raise Invalid("Give your own id at the provider.")
        return Identity(by, f"{kind}:{given}" if by is IdentityKind.USER else given)
    digits = "".join(each for each in to if each.isdigit())
    if not 5 <= len(digits) <= 15:
        raise Invalid("Give a phone number with its country code, such as +39 02 1234567.")
    return Identity(by, f"+{digits}")


async def channel_of(shop: Workshop, channel_id: str) -> Channel:
    """The channel. Raises `NotFound`."""
    channel = await shop.store.channels.get(channel_id)
    if channel is None:
        raise NotFound(f"There is no channel {channel_id}.")
    return channel
