"""The shop's orders, read over the inbox's API."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from typing import Any

import aiohttp


class OrdersUnavailable(Exception):
    """The orders could not be read. The message says why."""


@dataclass(frozen=True)
class Order:
    """An order as the API gives it; any field but the number and the status may be missing."""

    number: str
    status: str
    items: list[str]
    placed_at: str | None = None
    shipped_at: str | None = None
    delivered_at: str | None = None
    eta: str | None = None
    carrier: str | None = None
    tracking_url: str | None = None
    city: str | None = None

    @classmethod
    def read(cls, body: dict[str, Any]) -> Order:
        """The order in an API response; raises `OrdersUnavailable` when it is none."""
        try:
            items = [
                f"{item['quantity']} × {item['name']}" if item.get("quantity", 1) > 1 else item["name"]
                for item in body.get("items") or []
            ]
            optional = ("placed_at", "shipped_at", "delivered_at", "eta", "carrier", "tracking_url", "city")
            return cls(
                number=str(body["number"]),
                status=body["status"],
                items=items,
                **{name: body.get(name) for name in optional},
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise OrdersUnavailable(f"The orders API sent no order: {error!r}.") from error


class OrdersApi:
    """Looks orders up at PARLEY_API_BASE with PARLEY_API_TOKEN."""

    def __init__(self) -> None:
        """Reads the environment; opens its one HTTP session at the first look-up."""
        self._base = os.environ.get("PARLEY_API_BASE", "http://127.0.0.1:8080").rstrip("/")
        self._token = os.environ.get("PARLEY_API_TOKEN", "")
        self._seconds = float(os.environ.get("PARLEY_API_SECONDS", "3"))
        self._session: aiohttp.ClientSession | None = None

    async def find(self, number: str) -> Order | None:
        """The order with this number, None if there is none. Raises `OrdersUnavailable`."""
        url = f"{self._base}/api/v1/orders/{number}"
        try:
            async with self._open().get(url) as response:
                if response.status == 404:
                    return None
                if response.status != 200:
                    raise OrdersUnavailable(f"The orders API answered {response.status}.")
                return Order.read(await response.json())
        except asyncio.TimeoutError as error:
            raise OrdersUnavailable(f"The orders API took longer than {self._seconds:g} s.") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise OrdersUnavailable(f"The orders API is away: {type(error).__name__}.") from error

    async def close(self) -> None:
        """Close the HTTP session."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                headers={"Authorization": f"Bearer {self._token}"},
                timeout=aiohttp.ClientTimeout(total=self._seconds),
            )
        return self._session


_api: OrdersApi | None = None


def orders() -> OrdersApi:
    """The action server's one client."""
    global _api
    if _api is None:
        _api = OrdersApi()
    return _api
