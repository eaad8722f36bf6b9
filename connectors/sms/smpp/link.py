"""A bind that is kept up: connected, bound, and connected again whenever it breaks."""

import asyncio
import contextlib
import random
import ssl
from collections.abc import Awaitable, Callable

import msgspec

from connectors.errors import CredentialsRefused
from connectors.sms.smpp.commands import RESPONSE, Command
from connectors.sms.smpp.pdus import Pdu
from connectors.sms.smpp.session import LineBroken, Receive, Session
from connectors.sms.smpp.statuses import ALREADY_BOUND, OK, TEMPORARY_FAULT, meaning_of, name_of

_FIRST, _LONGEST = 1.0, 60.0
"""Seconds before the second and before every later attempt; each wait is half to the whole of it."""

_STABLE = 30.0
"""Seconds after which a bind counts as sound: the next attempt is then the first one again."""

_WRONG_LOGIN = 60.0
"""Seconds between attempts with credentials that were refused; some operators lock whoever insists."""


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Where the SMSC is and how it knows us. Times are in seconds."""

    host: str
    port: int
    system_id: str
    password: str
    system_type: str = ""
    interface_version: int = 0x34
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""
    tls: bool = False
    authority: str = ""
    """The certificate authority in PEM if it is none of those that the machine trusts."""
    window: int = 10
    enquire_every: float = 30.0
    patience: float = 30.0
    """How long the SMSC may take for an answer."""


Tell = Callable[[bool, str], Awaitable[None]]
"""Is told whether the bind is up, and in plain words why or since when not."""


class NotBound(Exception):
    """The SMSC cannot be reached or refuses the bind. The text is fit for an admin."""

    def __init__(self, message: str, *, wait: float = 0.0, is_bound: bool = False) -> None:
        """`wait`: seconds to stay away for. `is_bound`: the account is bound already."""
        super().__init__(message)
        self.wait = wait
        self.is_bound = is_bound


class Link:
    """One connection to the SMSC, for as long as `keep` runs."""

    def __init__(
        self, bind: Command, access: Access, *, receive: Receive, tell: Tell, ended: Callable[[], None]
    ) -> None:
        """`ended` is called whenever a bound session has come to its end."""
        self.bind = bind
        self.session: Session | None = None
        self._access = access
        self._receive = receive
        self._tell = tell
        self._ended = ended

    @property
    def is_open(self) -> bool:
        """Whether it is bound at this moment."""
        return self.session is not None and self.session.is_open

    async def keep(self) -> None:
        """Be bound, again and again, until cancelled."""
        pause, loop = _FIRST, asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self.once()
                words, wait = "The line was closed.", 0.0
            except NotBound as error:
                words, wait = str(error), error.wait
            except LineBroken as error:
                words, wait = str(error), 0.0
            await self._tell(False, words)
            if loop.time() - began > _STABLE:
                pause = _FIRST
            await asyncio.sleep(max(pause * random.uniform(0.5, 1), wait))  # noqa: S311
            pause = min(pause * 2, _LONGEST)

    async def once(self, *, stay: bool = True) -> None:
        """Connect, bind, and stay until the line is over. Raises `NotBound` or `LineBroken`."""
        access = self._access
        reader, writer = await self._connect()
        session = Session(
            reader, writer, receive=self._receive, window=access.window, patience=access.patience
        )
        run = asyncio.create_task(session.run(access.enquire_every))
        try:
            await self._bind(session)
            self.session = session
            await self._tell(True, f"Bound to {access.host}:{access.port}.")
            if stay:
                await asyncio.shield(run)
        finally:
            was_bound, self.session = self.session is not None, None
            await session.close()
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)
            if was_bound:
                self._ended()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        access = self._access
        try:
            security = await asyncio.to_thread(_security, access) if access.tls else None
            async with asyncio.timeout(min(access.patience, 15.0)):
                return await asyncio.open_connection(access.host, access.port, ssl=security)
        except ssl.SSLCertVerificationError as error:
            reason = f"The SMSC's certificate is not trusted: {error.verify_message}."
            raise NotBound(reason, wait=_WRONG_LOGIN) from error
        except (OSError, TimeoutError) as error:
            raise NotBound(f"The SMSC cannot be reached at {access.host}:{access.port}.") from error

    async def _bind(self, session: Session) -> None:
        access = self._access
        fields = {
            "system_id": access.system_id,
            "password": access.password,
            "system_type": access.system_type,
            "interface_version": access.interface_version,
            "addr_ton": access.addr_ton,
            "addr_npi": access.addr_npi,
            "address_range": access.address_range,
        }
        try:
            answer = await session.request(Pdu(command=self.bind, fields=fields), access.patience)
        except TimeoutError:
            raise NotBound("The SMSC does not answer the bind.") from None
        except LineBroken as error:
            raise NotBound(f"The SMSC broke the bind off. {error}") from error
        if answer.command != self.bind | RESPONSE and answer.status == OK:
            raise NotBound("The SMSC answers the bind with something else.", wait=_WRONG_LOGIN)
        if answer.status != OK:
            meaning = meaning_of(answer.status)
            is_login = issubclass(meaning.error, CredentialsRefused)
            words = f"{meaning.words} ({name_of(answer.status)})"
            is_bound = answer.status == ALREADY_BOUND
            raise NotBound(words, wait=_WRONG_LOGIN if is_login else 0.0, is_bound=is_bound)


async def try_bind(bind: Command, access: Access) -> None:
    """Bind once and take leave. Raises `NotBound`."""

    async def nothing(octets: bytes, pdu: Pdu | None) -> int:
        return TEMPORARY_FAULT  # it is not for us: the SMSC sends it again to whoever holds the line

    async def nobody(is_up: bool, words: str) -> None:
        """Nobody need know."""

    await Link(bind, access, receive=nothing, tell=nobody, ended=lambda: None).once(stay=False)


def _security(access: Access) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=access.authority or None)
    with contextlib.suppress(ValueError):
        context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
