"""The MongoDB server itself: made a replica set, waited for, looked at."""

import asyncio
from typing import Any, NamedTuple

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

REPLICA_SET = "parley"
"""Name of the replica set that `prepare` makes."""

NO_TRANSACTIONS = (
    "The MongoDB at MONGODB_URI is not a replica set, so it has no transactions. Start it with "
    "--replSet NAME and say rs.initiate() in mongosh once; one member is enough."
)
"""What is said of a server that stands alone."""

NOT_INITIATED = 94
NODE_NOT_FOUND = 74
INVALID_CONFIG = 93


class Unusable(Exception):
    """The server cannot be used as it is. The text says why, without the address's password."""


class Health(NamedTuple):
    """What a server says of itself."""

    version: str
    replica_set: str | None
    is_primary: bool
    is_journaled: bool
    free_bytes: int | None
    """Free space on the disk of its data; None where the server does not tell."""


async def prepare(port: int, *, patience: float = 30) -> str:
    """Make the server at 127.0.0.1:`port` a replica set of one and wait until it takes writes.

    Its data may come from a run at another port. Answers the server's address. Raises `Unusable`.
    """
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(
        f"mongodb://127.0.0.1:{port}/?directConnection=true",
        serverSelectionTimeoutMS=int(patience * 1000),
        connectTimeoutMS=1000,
    )
    try:
        async with asyncio.timeout(patience):
            await _join(client, f"127.0.0.1:{port}")
            while not (await client.admin.command("hello"))["isWritablePrimary"]:
                await asyncio.sleep(0.05)
    except (PyMongoError, TimeoutError) as error:
        raise Unusable(f"MongoDB on port {port} did not become a replica set: {error}") from error
    finally:
        client.close()
    return address(port)


def address(port: int) -> str:
    """How the replica set of one at that port is reached."""
    return f"mongodb://127.0.0.1:{port}/?replicaSet={REPLICA_SET}"


async def examine(uri: str, *, patience: float = 5) -> Health:
    """What the server at `uri` is. Raises `Unusable` when it cannot be reached or refuses us."""
    try:
        client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(
            uri, serverSelectionTimeoutMS=int(patience * 1000), connectTimeoutMS=int(patience * 1000)
        )
    except (PyMongoError, ValueError) as error:
        raise Unusable(f"MONGODB_URI cannot be read: {error}.") from error
    try:
        hello = await client.admin.command("hello")
        status = await client.admin.command("serverStatus")
        return Health(
            version=status["version"],
            replica_set=hello.get("setName") or ("sharded" if hello.get("msg") == "isdbgrid" else None),
            is_primary=hello.get("isWritablePrimary", False),
            is_journaled=status.get("storageEngine", {}).get("persistent", True),
            free_bytes=await _free(client),
        )
    except PyMongoError as error:
        raise Unusable(plain(error)) from error
    finally:
        client.close()


async def _join(client: AsyncIOMotorClient[Any], host: str) -> None:
    alone = {"_id": REPLICA_SET, "version": 1, "members": [{"_id": 0, "host": host}]}
    try:
        config = (await client.admin.command("replSetGetConfig"))["config"]
    except OperationFailure as error:
        if error.code != NOT_INITIATED:
            raise
        await client.admin.command("replSetInitiate", alone)
        return
    if config["members"][0]["host"] != host:
        moved = alone | {"version": config["version"] + 1}
        await _patiently(client, moved)


async def _patiently(client: AsyncIOMotorClient[Any], config: dict[str, Any]) -> None:
    """Reconfigure by force: right after its start a server still looks for itself and refuses."""
    while True:
        try:
            await client.admin.command("replSetReconfig", config, force=True)
            return
        except (AutoReconnect, OperationFailure) as error:
            if isinstance(error, OperationFailure) and error.code in (INVALID_CONFIG, NODE_NOT_FOUND):
                raise
            await asyncio.sleep(0.1)


async def _free(client: AsyncIOMotorClient[Any]) -> int | None:
    try:
        sizes = await client.admin.command("dbStats")
    except OperationFailure:
        return None
    return int(sizes["fsTotalSize"] - sizes["fsUsedSize"]) if "fsTotalSize" in sizes else None


def plain(error: PyMongoError) -> str:
    """The driver's message without its dump of the topology."""
    return str(error).split(", Timeout:")[0].split(", full error:")[0]
