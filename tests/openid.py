"""A real OpenID provider in a process of its own: `oidc-provider-mock`, built on Authlib's server."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from inbox.machine.ports import free_port
from tests.parley import until


@asynccontextmanager
async def an_openid_provider(people: Iterable[dict[str, Any]]) -> AsyncIterator[str]:
    """Its issuer. It knows these people by their claims, and asks nobody for a password."""
    port = free_port()
    known = [word for one in people for word in ("--user-claims", json.dumps(one))]
    command = (sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *known)
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    issuer = f"http://127.0.0.1:{port}"

    async def answers() -> bool:
        try:
            async with (
                aiohttp.ClientSession() as http,
                http.get(f"{issuer}/.well-known/openid-configuration"),
            ):
                return True
        except aiohttp.ClientError:
            return False

    try:
        await until(answers, within=60)
        yield issuer
    finally:
        process.terminate()
        await process.wait()
