"""SMSCs of other origins as processes of their own: npm's smpp in Node, and Net::SMPP in Perl."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import playwright

HERE = Path(__file__).parent / "smsc"
TOOLS = Path(__file__).parents[4] / ".tools" / "smsc"

Json = dict[str, Any]


def _node() -> str:
    """Node, or the one that Playwright brings."""
    return shutil.which("node") or str(Path(playwright.__file__).parent / "driver" / "node")


class Smsc:
    """A running SMSC. `events` is all that it has told."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.port = 0
        self.events: list[Json] = []
        self._news = asyncio.Event()

    async def read(self) -> None:
        """Listen to it until it ends."""
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            self.events.append(self._event(line.decode().rstrip("\n")))
            self._news.set()

    def _event(self, line: str) -> Json:
        return json.loads(line)

    def told(self, event: str, **fields: Any) -> list[Json]:
        """All events of that name with these fields."""
        wanted = {"event": event, **fields}
        return [each for each in self.events if wanted.items() <= each.items()]

    async def tells(self, event: str, count: int = 1, *, within: float = 60, **fields: Any) -> list[Json]:
        """The same, once there are so many."""
        async with asyncio.timeout(within):
            while len(found := self.told(event, **fields)) < count:
                self._news.clear()
                await self._news.wait()
        return found

    def do(self, what: str, **arguments: Any) -> None:
        """Give it a command; the npm one alone takes any."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": what, **arguments}).encode() + b"\n")

    def deliver(self, text: bytes = b"", *, mark: str = "", **more: Any) -> None:
        """A customer writes; `more` are fields of the `deliver_sm`, and arguments of the command."""
        given = {
            "source_addr_ton": 1,
            "source_addr_npi": 1,
            "source_addr": "15550001111",
            "dest_addr_ton": 1,
            "dest_addr_npi": 1,
            "destination_addr": "15550100",
            "data_coding": 0,
        }
        arguments = {name: more.pop(name) for name in ("session", "payload", "data_sm") if name in more}
        if "payload" not in arguments:
            arguments["hex"] = text.hex()
        self.do("deliver", mark=mark, fields=given | more, **arguments)


class PerlSmsc(Smsc):
    """Its events are lines of words."""

    def _event(self, line: str) -> Json:
        event, _, words = line.partition(" ")
        return {"event": event, "words": words}


@asynccontextmanager
async def an_smsc(**options: Any) -> AsyncIterator[Smsc]:
    """npm's, on a port of its own unless `port` says which."""
    assert (TOOLS / "node_modules" / "smpp").is_dir(), "Run scripts/smsc first, as make test does."
    command = (_node(), str(HERE / "smsc.cjs"), str(TOOLS / "node_modules"), json.dumps(options))
    async with _running(Smsc, command) as smsc:
        smsc.port = (await smsc.tells("listening"))[0]["port"]
        yield smsc


@asynccontextmanager
async def a_perl_smsc() -> AsyncIterator[Smsc]:
    """Perl's, which answers ids in hexadecimal and writes receipts with decimal ones."""
    command = ("perl", f"-I{TOOLS / 'perl' / 'usr' / 'share' / 'perl5'}", str(HERE / "smsc.pl"), "secret")
    async with _running(PerlSmsc, command) as smsc:
        smsc.port = int((await smsc.tells("listening"))[0]["words"])
        yield smsc


@asynccontextmanager
async def _running(kind: type[Smsc], command: tuple[str, ...]) -> AsyncIterator[Smsc]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    smsc = kind(process)
    reading = asyncio.create_task(smsc.read())
    try:
        yield smsc
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading
        assert process.stdin is not None
        process.stdin.close()
