"""An SMSC as a connector: one line, held by one process, both ways."""

import asyncio
import contextlib
from collections.abc import Iterator

import msgspec
import structlog

from connectors.contract import Capabilities, Checked, Clock, Outbound, Receipt, Webhook
from connectors.errors import (
    ContentRefused,
    CredentialsRefused,
    OutcomeUnknown,
    RecipientRefused,
    SendFailed,
    Unreachable,
    WebhookRejected,
)
from connectors.events import Event
from connectors.lines import LineHost
from connectors.sms.smpp.addresses import Address, recipient, sender
from connectors.sms.smpp.commands import RESPONSE, Command
from connectors.sms.smpp.ledger import Ledger
from connectors.sms.smpp.link import Access, Link, NotBound, try_bind
from connectors.sms.smpp.outbound import Writing, requests, texts_of
from connectors.sms.smpp.pdus import Pdu
from connectors.sms.smpp.reception import Reading, Reception
from connectors.sms.smpp.session import LineBroken, Session
from connectors.sms.smpp.statuses import OK, refusal

log = structlog.get_logger(__name__)

CAPABILITIES = Capabilities(contents=frozenset({"text"}), text_length=8_000, short_messages=True)
"""8,000 characters fit into 255 parts in any script."""

_SWEEP_EVERY = 15.0
_LEAVE = 3.0
"""Seconds for which the SMSC's answers are waited for before the line is closed."""

_WRITTEN = (0.2, 1.0, 3.0)
"""Seconds between tries to write down what the SMSC has taken."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """All that an admin has settled."""

    access: Access
    binds: tuple[Command, ...]
    source: str
    writing: Writing = Writing()
    reading: Reading = Reading()
    source_ton: str = "auto"
    source_npi: str = "auto"
    dest_ton: int = 1
    dest_npi: int = 1
    rate: float | None = None
    """How many parts a second may go."""


class Smpp:
    """One account at an SMSC."""

    def __init__(self, profile: Profile, *, clock: Clock, carries: Capabilities = CAPABILITIES) -> None:
        self.capabilities = carries
        self._profile = profile
        self._clock = clock
        self._links: list[Link] = []
        self._ledger: Ledger | None = None
        self._next_part = 0.0
        self._works: set[asyncio.Task[str]] = set()
        """Requests whose answer is awaited or being written down."""

    def verify(self, webhook: Webhook) -> None:
        """Always raises `WebhookRejected`: an SMSC sends no webhooks."""
        raise WebhookRejected("An SMSC sends no webhooks; what it has comes over its line.")

    def parse(self, webhook: Webhook) -> list[Event]:
        """Always empty."""
        return []

    @property
    def is_open(self) -> bool:
        """Whether a bind that may send is up."""
        return self._session() is not None

    async def hold(self, host: LineHost) -> None:
        """Keep the binds up until cancelled; then wait for answers that are due, and unbind."""
        ledger = Ledger(host, self._clock, expects_answers=lambda: bool(self._works), texts=self._texts)
        reception = Reception(host, ledger, self._profile.reading, self._clock)

        async def tell(is_up: bool, words: str) -> None:
            if not is_up or all(link.is_open for link in self._links):
                await host.tell(is_up, words)

        self._links = [
            Link(
                bind,
                self._profile.access,
                receive=reception.receive,
                tell=tell,
                ended=reception.redelivery.line_ended,
            )
            for bind in self._profile.binds
        ]
        self._ledger = ledger
        tasks = [asyncio.create_task(link.keep()) for link in self._links]
        tasks.append(asyncio.create_task(_sweep(reception)))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self._leave(tasks)

    async def check(self) -> Checked:
        """Bind and unbind. Raises `SendFailed`, `CredentialsRefused` if the SMSC refuses."""
        access = self._profile.access
        where = f"{access.host}:{access.port}"
        if not self.is_open:
            try:
                await try_bind(self._profile.binds[0], access)
            except NotBound as error:
                if error.is_bound:  # by us, in another process: then the SMSC knows the account
                    return Checked(summary=f"{where} knows {access.system_id}, which is bound already.")
                refused = CredentialsRefused if error.wait else Unreachable
                raise refused(str(error), code="not_bound") from error
        return Checked(summary=f"{where} accepts {access.system_id}.")

    async def _leave(self, tasks: "list[asyncio.Task[None]]") -> None:
        self._links = []  # nothing new is sent from here on
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _LEAVE
        while loop.time() < deadline and self._works:
            await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def send(self, message: Outbound) -> Receipt:
        """Deliver one message or raise `SendFailed`.

        A long message is several requests: what the SMSC has taken of it before is not sent again. After
        `OutcomeUnknown` its other parts are, with the reference that they had: a phone knows them again.
        """
        ledger = self._ledger
        if ledger is None or not self.is_open:
            raise Unreachable("The line to the SMSC is down, or another process has it.", code="not_bound")
        parts, to = self._requests(message)
        taken = await ledger.parts_of(message.message_id) if message.attempt > 1 else {}
        missing = [number for number in range(1, len(parts) + 1) if number not in taken]
        if missing and not taken:  # if the SMSC refuses the first, it need not refuse them all
            first, *missing = missing
            taken[first] = await self._submit(message, first, parts, to)
        answers = await asyncio.gather(
            *(self._submit(message, number, parts, to) for number in missing), return_exceptions=True
        )
        faults = [answer for answer in answers if isinstance(answer, BaseException)]
        if faults:
            raise _worst(faults)
        taken |= dict(zip(missing, (str(answer) for answer in answers), strict=True))
        return Receipt(external_id=taken[1])

    def _requests(self, message: Outbound) -> tuple[list[Pdu], Address]:
        profile = self._profile
        to = recipient(message.to, ton=profile.dest_ton, npi=profile.dest_npi)
        if to is None:
            raise RecipientRefused("The customer has no phone number.", code="recipient")
        source = sender(self._number(message.account), ton=profile.source_ton, npi=profile.source_npi)
        parts = requests(
            message.content,
            message_id=message.message_id,
            source=source,
            destination=to,
            writing=profile.writing,
        )
        return parts, to

    def _number(self, account: str | None) -> str:
        """The number that the customer wrote to; ours as it is set, if that was its national form."""
        source = self._profile.source
        written = (account or "").removeprefix("+").lstrip("0")
        is_ours = not written or (len(written) > 6 and source.removeprefix("+").endswith(written))
        return source if is_ours else account or source

    def _texts(self, message: Outbound) -> list[str]:
        """The texts of a message's parts as they went out; none if it cannot go out at all."""
        try:
            return texts_of(message.content, self._profile.writing)
        except ContentRefused:
            return []

    async def _submit(self, message: Outbound, number: int, parts: list[Pdu], to: Address) -> str:
        """Send one part and give the SMSC's id of it. Raises `SendFailed`."""
        await self._pace()
        session = self._session()
        if session is None:
            raise Unreachable("The line to the SMSC is down.", code="not_bound")
        try:
            answer = await session.submit(parts[number - 1])
        except LineBroken as error:
            raise Unreachable(f"The line to the SMSC broke. {error}", code="not_bound") from error
        except ValueError as error:
            raise ContentRefused("SMPP cannot carry this address.", code="address") from error
        work = asyncio.create_task(self._answered(answer, message, number, len(parts), to))
        self._works.add(work)
        work.add_done_callback(self._works.discard)
        done, _ = await asyncio.wait({work}, timeout=self._profile.access.patience)
        if not done:  # a late answer is still written down, and found when the message is tried again
            work.add_done_callback(lambda late: late.cancelled() or late.exception())
            raise OutcomeUnknown("The SMSC did not answer in time; it may have the message.", code="late")
        return work.result()

    async def _answered(
        self, answer: "asyncio.Future[Pdu]", message: Outbound, number: int, total: int, to: Address
    ) -> str:
        try:
            pdu = await answer
        except LineBroken as error:
            words = "The line broke before the SMSC answered; it may have the message."
            raise OutcomeUnknown(words, code="line_broken") from error
        if pdu.status != OK:
            raise refusal(pdu.status)
        external_id = str(pdu.fields.get("message_id", ""))
        if pdu.command != Command.SUBMIT_SM | RESPONSE or not external_id:
            raise OutcomeUnknown("The SMSC took the message but did not say by which id.", code="no_id")
        ledger = self._ledger
        assert ledger is not None  # who has a session has one
        for pause in (*_WRITTEN, None):
            try:
                await ledger.taken(message, number, total, external_id, to.value)
                break
            except Exception:
                if pause is None:  # it is sent all the same; its receipt may find it by its id
                    log.exception("id not written down", message=message.message_id)
                    break
                await asyncio.sleep(pause)
        return external_id

    async def _pace(self) -> None:
        if not self._profile.rate:
            return
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next_part)
        self._next_part = mine + 1 / self._profile.rate
        await asyncio.sleep(mine - now)

    def _session(self) -> Session | None:
        """A session that may send, the one with the fewest requests waiting."""
        able = [s for s in self._sessions(sending=True) if s.is_open]
        return min(able, key=lambda s: s.outstanding, default=None)

    def _sessions(self, *, sending: bool = False) -> Iterator[Session]:
        for link in self._links:
            if link.session and not (sending and link.bind == Command.BIND_RECEIVER):
                yield link.session


def _worst(faults: list[BaseException]) -> BaseException:
    """The one that decides: what is final goes before what may be tried again, and doubt before the rest."""

    def gravity(error: BaseException) -> int:
        if not isinstance(error, SendFailed):
            return 3
        return 2 if not error.retry else 1 if isinstance(error, OutcomeUnknown) else 0

    return max(faults, key=gravity)


async def _sweep(reception: Reception) -> None:
    while True:
        await asyncio.sleep(_SWEEP_EVERY)
        with contextlib.suppress(Exception):  # the store is down: the next time then
            await reception.take_overdue()
