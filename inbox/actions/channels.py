"""Lines to customers: added, listed, switched on and off."""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from connectors.contract import Clock
from connectors.errors import BadSettings
from connectors.registry import complete, kind_of
from inbox.actions import audit
from inbox.actions.errors import AlreadyThere, Invalid, NotFound
from inbox.model.channel import Channel, Health
from inbox.model.people import OPERATOR, Principal
from inbox.model.secrets import Vault
from inbox.store import Store

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


async def add_channel(
    kind: str,
    channel_id: str,
    *,
    settings: Mapping[str, str],
    store: Store,
    vault: Vault,
    clock: Clock,
    name: str | None = None,
    rehearsal: bool = False,
    who: Principal = OPERATOR,
) -> Channel:
    """Add a channel; its secrets are encrypted. Raises `Invalid` or `AlreadyThere`."""
    if not _ID.fullmatch(channel_id):
        raise Invalid("A channel's id has small letters, digits, - and _, 64 at most.")
    try:
        made = kind_of(kind)
        full = complete(made, settings)
        account = made.account(full)
        kept = sealed(kind, settings, vault)
    except BadSettings as error:
        raise Invalid(str(error)) from error
    if rehearsal:
        _check_rehearsal(kind)
    channel = Channel(
        id=channel_id,
        kind=kind,
        name=name or made.title,
        settings=kept,
        account=account,
        rehearsal=rehearsal,
        created_at=clock(),
    )
    if not await store.channels.add(channel):
        raise AlreadyThere(f"There is already a channel {channel_id}.")
    await _note(who, None, channel, store=store, clock=clock)
    return channel


async def remove_channel(channel_id: str, *, store: Store, clock: Clock, who: Principal = OPERATOR) -> None:
    """Remove a channel; its conversations stay. Raises `NotFound`."""
    channel = await store.channels.get(channel_id)
    if channel is None or not await store.channels.remove(channel_id):
        raise NotFound(f"There is no channel {channel_id}.")
    await _note(who, channel, None, store=store, clock=clock)


async def switch_channel(
    channel_id: str, *, on: bool, store: Store, clock: Clock, who: Principal = OPERATOR
) -> None:
    """Switch a channel on or off. Raises `NotFound`."""
    channel = await store.channels.get(channel_id)
    if channel is None:
        raise NotFound(f"There is no channel {channel_id}.")
    health = Health("new" if on else "bad", None if on else "Switched off.", clock())
    await store.channels.note_health(channel_id, health, enabled=on)
    await _note(who, channel, replace(channel, enabled=on), store=store, clock=clock)


async def change_channel(
    channel_id: str,
    *,
    settings: Mapping[str, str],
    store: Store,
    vault: Vault,
    clock: Clock,
    name: str | None = None,
    rehearsal: bool | None = None,
    enabled: bool | None = None,
    who: Principal = OPERATOR,
) -> Channel:
    """Change what is given and leave the rest; an empty secret is one that is left. The channel it became.

    Raises `NotFound` and `Invalid`.
    """
    channel = await store.channels.get(channel_id)
    if channel is None:
        raise NotFound(f"There is no channel {channel_id}.")
    fields: dict[str, object] = {}
    if settings:
        full = with_changes(channel, settings, vault)
        fields["settings"] = sealed(channel.kind, full, vault)
        fields["account"] = kind_of(channel.kind).account(vault.open_all(full))
    if name is not None and name.strip():
        fields["name"] = name.strip()
    if rehearsal:
        _check_rehearsal(channel.kind)
    if rehearsal is not None:
        fields["rehearsal"] = rehearsal
    if settings or rehearsal is not None:  # what was said of the old settings is no longer true
        fields["health"] = Health("new", None, clock())
        fields["upkeep_at"] = None
    if fields:
        await store.channels.note(channel_id, **fields)
    if enabled is not None and enabled != channel.enabled:
        await switch_channel(channel_id, on=enabled, store=store, clock=clock, who=who)
    changed = await store.channels.get(channel_id)
    if changed is None:
        raise NotFound(f"There is no channel {channel_id}.")
    await _note(who, channel, replace(changed, enabled=channel.enabled), store=store, clock=clock)
    return changed


async def _note(
    who: Principal, before: Channel | None, after: Channel | None, *, store: Store, clock: Clock
) -> None:
    """Write down what of a channel is another now; of secrets only which."""
    key = before.id if before else after.id if after else ""
    was, became = _told(before), _told(after)
    if before and after:
        secret = secret_names(after.kind)
        new = [n for n in sorted(secret) if before.settings.get(n) != after.settings.get(n)]
        became = became and became | ({"new": new} if new else {})
    await audit.note_change(who, "channel", key, was, became, store=store, clock=clock)


def _told(channel: Channel | None) -> dict[str, object] | None:
    if channel is None:
        return None
    secret = secret_names(channel.kind)
    shown = {f"setting {n}": v for n, v in channel.settings.items() if n not in secret}
    fields = {n: getattr(channel, n) for n in ("kind", "name", "rehearsal", "enabled", "account")}
    return fields | shown


def _check_whereto(channel: Channel, settings: Mapping[str, str]) -> None:
    """Raise `Invalid` if a channel is to call elsewhere with the secrets that it has.

    A secret goes in and never comes out: not either by a call to an address of one's own.
    """
    was = complete(kind_of(channel.kind), channel.settings)
    if all(settings.get(name, was.get(name)) in (was.get(name), None) for name in _WHERETO):
        return
    missing = [n for n in sorted(secret_names(channel.kind)) if was.get(n) and not settings.get(n)]
    if missing:
        raise Invalid(f"To call another address, give the secrets again: {', '.join(missing)}.")


def with_changes(channel: Channel, settings: Mapping[str, str], vault: Vault) -> dict[str, str]:
    """A channel's settings with these in place of the old ones.

    Raises `Invalid` for a name that is none, and for another address without the secrets.
    """
    _check_whereto(channel, settings)
    secret = secret_names(channel.kind)
    known = {setting.name for setting in kind_of(channel.kind).settings}
    if unknown := sorted(set(settings) - known):
        raise Invalid(f"{channel.kind} has no setting “{unknown[0]}”.")
    new = {n: vault.seal(v) if n in secret else v for n, v in settings.items() if v or n not in secret}
    return {n: v for n, v in (channel.settings | new).items() if n in known}


def secret_names(kind_name: str) -> set[str]:
    """Which settings of a kind are secrets; of a kind that is gone, none are known."""
    try:
        return {setting.name for setting in kind_of(kind_name).settings if setting.secret}
    except BadSettings:
        return set()


def _check_rehearsal(kind: str) -> None:
    """Raises `Invalid` for a kind whose calls go where they always go: its rehearsal would be in earnest."""
    if all(setting.name != "api_base" for setting in kind_of(kind).settings):
        raise Invalid(f"{kind_of(kind).title} cannot be rehearsed: no stand-in can take its calls.")


_WHERETO = ("api_base", "host", "port")
"""Settings that say whom a channel calls with its secrets."""


def hook_url(channel: Channel, public_url: str) -> str:
    """Where the provider must send its webhooks."""
    return f"{public_url}/hooks/{channel.id}"


def sealed(kind_name: str, settings: Mapping[str, str], vault: Vault) -> dict[str, str]:
    """A channel's settings as the store keeps them: complete, secrets encrypted. Raises `BadSettings`."""
    kind = kind_of(kind_name)
    secret = {setting.name for setting in kind.settings if setting.secret}
    return {n: vault.seal(v) if n in secret else v for n, v in complete(kind, settings).items()}
