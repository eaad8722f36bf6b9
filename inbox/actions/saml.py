"""Signing in by an organisation's own provider that speaks SAML 2.0: asked for here, or begun there."""

import asyncio
import secrets
from collections.abc import Iterable
from typing import Any

import msgspec
import structlog

from inbox.actions import saml_metadata
from inbox.actions.audit import note
from inbox.actions.entry import CEREMONY, open_ceremony
from inbox.actions.errors import Invalid
from inbox.actions.groups import Table, membership_of
from inbox.actions.refusals import note_refusal
from inbox.actions.rights import hold_to_admin, hold_to_everything
from inbox.actions.roles import hold_to_newcomers
from inbox.actions.saml_answers import SKEW, Asserted, asserted_in
from inbox.actions.saml_words import Us
from inbox.actions.vouched import BY, Office, Vouched, domains_of, user_of
from inbox.model.entry import Ceremony, SamlSignOn, Spent
from inbox.model.people import Principal, User
from inbox.model.secrets import are_same, digest
from inbox.store import Store

log = structlog.get_logger(__name__)


class _Answered(msgspec.Struct):
    """What came back, until the browser that brought it shows that it is the one that had asked."""

    vouched: Vouched
    request_id: str


async def settings_of(store: Store) -> SamlSignOn | None:
    """How people sign in by SAML; None if they do not."""
    found = await store.saml_sign_on.get("settings")
    return found if found and found.is_on else None


async def save(
    office: Office,
    who: Principal,
    *,
    metadata: str | None,
    metadata_url: str | None,
    name: str,
    domains: Iterable[str],
    role: str,
    is_on: bool,
    is_only: bool,
    takes_unasked: bool,
    table: Table,
) -> SamlSignOn:
    """Keep how people sign in by SAML. The provider's metadata are given, fetched, or those of before.

    Raises `Forbidden` or `Invalid`.
    """
    hold_to_admin(who)
    vouched_for = domains_of(domains)
    if not vouched_for:
        raise Invalid("Name the domains of whose addresses your provider may speak.")
    hold_to_everything(who)
    await hold_to_newcomers(role, who, store=office.store)
    before = await office.store.saml_sign_on.get("settings")
    provider = await _provider(office, metadata, metadata_url, before)
    kept = SamlSignOn(
        entity_id=provider.entity_id,
        address=provider.address,
        certificates=provider.certificates,
        name=" ".join(name.split())[:40] or "SAML",
        domains=vouched_for,
        role=role,
        is_on=is_on,
        is_only=is_only,
        takes_unasked=takes_unasked,
        **msgspec.structs.asdict(await membership_of(table, who, store=office.store)),
    )
    await office.store.saml_sign_on.put(kept)
    await note(
        who,
        "saml.changed",
        store=office.store,
        clock=office.clock,
        before=_told(before) if before else None,
        after=_told(kept),
    )
    return kept


async def _provider(
    office: Office, metadata: str | None, metadata_url: str | None, before: SamlSignOn | None
) -> saml_metadata.Provider:
    """What the provider says of itself. Raises `Invalid`."""
    if metadata and metadata.strip():
        data = metadata.strip().encode()
    elif metadata_url and metadata_url.strip():
        data = await saml_metadata.fetched(metadata_url.strip(), office.outside)
    elif before:
        return saml_metadata.Provider(before.entity_id, before.address, before.certificates)
    else:
        raise Invalid("Give your provider’s metadata, or the address at which it publishes them.")
    return saml_metadata.provider_in(data, is_plain_taken=office.outside.reaches_inside)


def _told(kept: SamlSignOn) -> dict[str, Any]:
    """What the audit log says of the settings: of certificates their fingerprints."""
    shown = msgspec.structs.asdict(kept)
    signed_by = [saml_metadata.certificate_json(each)["sha256"] for each in kept.certificates]
    return {n: v for n, v in shown.items() if n not in ("id", "certificates")} | {"signed_by": signed_by}


async def begin(office: Office, us: Us, to: str) -> tuple[str, str]:
    """Where to send a browser that wants to go on to `to`, and the cookie by which it is known.

    Raises `Invalid`.
    """
    chosen, now = await _chosen(office.store), office.clock()
    # An id is no name of XML if it begins with a digit.
    request_id = f"_{secrets.token_hex(20)}"
    ceremony = Ceremony(id="", kind="saml", next=to, challenge=request_id, expires_at=now + CEREMONY)
    cookie = await open_ceremony(ceremony, store=office.store)
    return saml_metadata.asking(request_id, chosen.address, us, now), cookie


async def receive(office: Office, us: Us, visitor: Principal, given: str) -> User | str:
    """Take what a provider has sent by a browser's form: once, and never again.

    Gives the ticket with which the browser goes on to `finish`, for it cannot show yet that it had asked:
    a form that another site posts brings no cookie. Or the user, if nobody had asked and that is allowed.
    Raises `Invalid`; what is forged is in the audit log, within bounds.
    """
    chosen = await _chosen(office.store)
    try:
        asserted = await asyncio.to_thread(asserted_in, given, chosen, us, office.clock())
        await _spend(office, chosen, asserted)
        if asserted.in_response_to is None and not chosen.takes_unasked:
            raise Invalid("Begin here, with the button: your provider has answered what nobody asked.")
    except Invalid as error:
        log.warning("saml answer refused", why=str(error))
        await note_refusal(visitor, BY, store=office.store, clock=office.clock, why=str(error))
        raise
    vouched = Vouched(
        issuer=f"saml:{chosen.entity_id}",
        subject=asserted.subject,
        email=asserted.email,
        is_verified=True,
        name=asserted.name,
        groups=asserted.groups,
    )
    if asserted.in_response_to is None:
        return await user_of(vouched, chosen, visitor, office)
    answered = msgspec.json.encode(_Answered(vouched, asserted.in_response_to)).decode()
    ends = office.clock() + CEREMONY
    ceremony = Ceremony(id="", kind="saml_answer", challenge=answered, expires_at=ends)
    return await open_ceremony(ceremony, store=office.store)


async def finish(office: Office, visitor: Principal, cookie: str, ticket: str) -> tuple[User, str]:
    """Who has come back from the provider, and where they wanted to go. Raises `Invalid` with what to do."""
    asked = await office.store.ceremonies.take(digest(cookie))
    found = await office.store.ceremonies.take(digest(ticket))
    now = office.clock()
    if not (asked and asked.kind == "saml" and asked.expires_at > now):
        raise Invalid("That took too long. Try again.")
    if not (found and found.kind == "saml_answer" and found.expires_at > now):
        raise Invalid("That took too long. Try again.")
    answered = msgspec.json.decode(found.challenge, type=_Answered)
    if not are_same(answered.request_id, asked.challenge):
        raise Invalid("The answer is not to what this browser asked. Try again.")
    chosen = await _chosen(office.store)
    return await user_of(answered.vouched, chosen, visitor, office), asked.next


async def _spend(office: Office, chosen: SamlSignOn, asserted: Asserted) -> None:
    """Note that this assertion was taken. Raises `Invalid` if it was taken before."""
    key = digest(f"saml\n{chosen.entity_id}\n{asserted.id}")
    # Kept a little longer than it could be taken, whatever the clocks say.
    if not await office.store.spent.add(Spent(id=key, expires_at=asserted.good_until + 2 * SKEW)):
        raise Invalid("Your provider’s answer was used already. Try again.")


async def _chosen(store: Store) -> SamlSignOn:
    chosen = await settings_of(store)
    if chosen is None:
        raise Invalid("There is no single sign-on here.")
    return chosen
