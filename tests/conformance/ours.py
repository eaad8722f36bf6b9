"""The connectors to be tried: all of the registry, with made-up settings and a line that leads nowhere."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from connectors.contract import Connector, Webhook
from connectors.registry import KINDS, complete
from tests.conformance.verdicts import CannotJudge

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Line:
    """An HTTP session that reaches nobody: keeps what it was asked and answers what it was told."""

    status: int = 200
    body: bytes = b"{}"
    calls: list[dict[str, Any]] = field(default_factory=list)

    @asynccontextmanager
    async def request(self, method: str, url: str, **options: Any) -> AsyncIterator["Line"]:
        data = options.get("data")
        sent: Any = None
        if isinstance(data, bytes | str):
            sent = _decoded(data)
        elif data is not None:
            sent = {each[0]["name"]: each[2] for each in getattr(data, "_fields", [])} or data
        elif options.get("json") is not None:
            sent = options["json"]
        self.calls.append({"method": method, "url": str(url), "body": sent})
        yield self

    @property
    def headers(self) -> dict[str, str]:
        return {"Content-Type": "application/json"}

    @property
    def content(self) -> "Line":
        return self

    async def iter_chunked(self, _: int) -> AsyncIterator[bytes]:
        yield self.body

    def close(self) -> None:
        """Nothing is open."""


def connector(kind: str, line: Line | None = None, **settings: str) -> Connector:
    """A connector of that kind; settings that it does not have are left out. Raises `CannotJudge`."""
    if kind not in KINDS:
        raise CannotJudge(f"no connector for {kind} yet")
    found = KINDS[kind]
    names = {each.name for each in found.settings}
    made_up = {each.name: f"a-{each.name}" for each in found.settings if each.default is None}
    given = made_up | {name: value for name, value in settings.items() if name in names}
    return found.connect(complete(found, given), http=line or Line(), clock=lambda: NOW)  # type: ignore[arg-type]


def webhook(body: bytes, *, method: str = "POST", url: str = "", headers: Any = None) -> Webhook:
    """A request as the inbox hands it to a connector."""
    url = url or "https://parley.test/hooks/x"
    lowered = {str(name).lower(): str(value) for name, value in (headers or {}).items()}
    query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    return Webhook(method=method, url=url, headers=lowered, query=query, body=body)


def run(work: Any) -> Any:
    return asyncio.run(work)


def _decoded(data: bytes | str) -> Any:
    text = data.decode() if isinstance(data, bytes) else data
    try:
        return json.loads(text)
    except ValueError:
        return {key: values[0] if len(values) == 1 else values for key, values in parse_qs(text).items()}
