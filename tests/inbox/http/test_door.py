"""The door for webhooks: what is plain is answered there, and all else exactly as aiohttp would."""

import asyncio
import json
import time

import pytest

from connectors.contract import Webhook
from inbox.http.door import LONGEST, Answer, Doors, Unfinished, plain, written
from tests.inbox.http.test_hooks import signed, texts
from tests.parley import Parley, whatsapp_texts

BODY = b'{"a": 1}'


def a_request(*lines: str, body: bytes = BODY, target: str = "/hooks/whatsapp", length: str = "") -> bytes:
    """A plain webhook, with more lines in its head."""
    head = [f"POST {target} HTTP/1.1", "Host: here", f"Content-Length: {length or len(body)}", *lines]
    return "\r\n".join([*head, "", ""]).encode() + body


def test_a_plain_webhook_is_read() -> None:
    sent = a_request("X-Hub-Signature-256:  sha256=ab \t", "Content-Type: application/json")
    found = plain(sent + b"POST /ho", "https://inbox.example")
    assert found is not None
    assert (found.channel_id, found.size) == ("whatsapp", len(sent))
    webhook = found.webhook
    assert (webhook.method, webhook.body, webhook.query) == ("POST", BODY, {})
    assert webhook.url == "https://inbox.example/hooks/whatsapp"
    assert webhook.headers["x-hub-signature-256"] == "sha256=ab"


def test_what_is_not_whole_is_waited_for() -> None:
    sent = a_request("Content-Type: application/json")
    for size in range(len(sent)):
        with pytest.raises(Unfinished):
            plain(sent[:size], "")


ODD = {
    "another method": b"GET /hooks/whatsapp HTTP/1.1\r\n\r\n",
    "another page": b"POST /login HTTP/1.1\r\n",
    "another version": a_request().replace(b"HTTP/1.1", b"HTTP/1.0"),
    "a query": a_request(target="/hooks/whatsapp?a=1"),
    "a path that goes on": a_request(target="/hooks/whatsapp/x"),
    "an escape": a_request(target="/hooks/whats%61pp"),
    "chunks": a_request("Transfer-Encoding: chunked"),
    "chunks, hidden": a_request("transfer-encoding:\tidentity"),
    "a space before the colon": a_request("Transfer-Encoding : chunked"),
    "a folded line": a_request("X-A: b", " Transfer-Encoding: chunked"),
    "two lengths": a_request("Content-Length: 3"),
    "a length with a sign": a_request(length="+8"),
    "a length of other digits": a_request(length="٨"),
    "no length": b"POST /hooks/whatsapp HTTP/1.1\r\nHost: here\r\n\r\n",
    "no host": b"POST /hooks/whatsapp HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    "twice the same": a_request("X-A: 1", "x-a: 2"),
    "who wants to be asked first": a_request("Expect: 100-continue"),
    "a packed body": a_request("Content-Encoding: gzip"),
    "an upgrade": a_request("Upgrade: websocket"),
    "an end": a_request("Connection: close"),
    "a line feed alone": a_request().replace(b"Host: here\r\n", b"Host: here\n"),
    "a carriage return in a value": a_request("X-A: b\rContent-Length: 3"),
    "a NUL": a_request("X-A: b\0"),
    "not ASCII": a_request("X-A: ä"),
    "an endless head": b"POST /hooks/whatsapp HTTP/1.1\r\nX-A: " + b"a" * 9000,
    "a large body": a_request(body=b"x" * LONGEST),
    "nothing of HTTP": b"\x16\x03\x01\x02\x00",
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_not_plain_is_left_to_aiohttp(odd: str) -> None:
    assert plain(ODD[odd], "") is None


def test_a_head_made_to_be_slow_is_not() -> None:
    began = time.process_time()
    plain(b"POST /hooks/whatsapp HTTP/1.1\r\nX-A:" + b" \t" * 4000 + b"\x01\r\n\r\n", "")
    plain(b"POST /hooks/whatsapp HTTP/1.1\r\n" + b"a:b\r\n" * 1600 + b"\x01\r\n\r\n", "")
    assert time.process_time() - began < 1


def test_an_answer_says_when_to_come_again() -> None:
    said = written(Answer(503, "ä", retry_after="2"), 0, is_last=True)
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.decode().split("\r\n") == [
        "HTTP/1.1 503 Service Unavailable",
        "Content-Type: text/plain; charset=utf-8",
        "X-Content-Type-Options: nosniff",
        "Content-Length: 2",
        "Date: Thu, 01 Jan 1970 00:00:00 GMT",
        "Retry-After: 2",
        "Connection: close",
    ]
    assert body == "ä".encode()


async def answers(reader: asyncio.StreamReader, count: int) -> list[tuple[int, bytes]]:
    """The status and the body of so many answers."""
    found = []
    for _ in range(count):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        found.append((int(head.split()[1]), await reader.readexactly(length)))
    return found


async def a_message(parley: Parley, number: str, *words: str) -> bytes:
    """A signed webhook as it goes over the wire."""
    body = json.dumps(whatsapp_texts(*words, phone=number)).encode()
    ((name, value),) = signed(await parley.whatsapp_secret(), body).items()
    return a_request(f"{name}: {value}", body=body)


async def test_all_that_comes_over_one_connection_is_answered_in_its_order(
    parley: Parley, number: str
) -> None:
    """Many at once and in pieces; then what the door does not know, and a page: aiohttp goes on there."""
    sent = [await a_message(parley, number, f"text {n}") for n in range(6)]
    chunked = sent[5].replace(b"Content-Length: ", b"Transfer-Encoding: chunked\r\nX-Was: ")
    head, _, body = chunked.partition(b"\r\n\r\n")
    last = head + b"\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    page = b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n"
    wrong = sent[0].replace(b"sha256=", b"sha256=0")
    reader, writer = await asyncio.open_connection("127.0.0.1", parley.settings.http_port)
    writer.write(sent[0] + sent[1] + wrong + sent[2][:100])
    assert [status for status, _ in await answers(reader, 3)] == [200, 200, 401]
    writer.write(sent[2][100:] + sent[3] + page + sent[4] + last + page)
    assert [status for status, _ in await answers(reader, 6)] == [200] * 6
    writer.close()
    assert await texts(parley, number) == [f"text {n}" for n in range(6)]


async def test_the_door_says_what_aiohttp_says(parley: Parley, number: str) -> None:
    """The same requests by both ways have the same answers, errors too."""
    message = await a_message(parley, number, "Hello")
    for sent in (
        message,
        message.replace(b"sha256=", b"sha256=0"),
        message.replace(b"/whatsapp", b"/nowhere"),
    ):
        said = []
        for request in (sent, sent.replace(b" HTTP/1.1", b"?x=1 HTTP/1.1", 1)):
            reader, writer = await asyncio.open_connection("127.0.0.1", parley.settings.http_port)
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lines = dict(line.split(": ", 1) for line in head.split("\r\n")[1:-2])
            body = await reader.readexactly(int(lines["Content-Length"]))
            said.append(
                (
                    head[:12],
                    lines["Content-Type"].lower(),
                    lines["X-Content-Type-Options"],
                    lines.get("Retry-After"),
                    body,
                )
            )
            writer.close()
        assert said[0] == said[1]


async def test_who_leaves_gives_the_answers_that_are_due() -> None:
    """Nothing new is taken, what is idle is ended, and what was begun is answered first."""
    gate = asyncio.Event()

    async def take(channel_id: str, webhook: Webhook) -> Answer:
        await gate.wait()
        return Answer(200, channel_id)

    doors = Doors(take, asyncio.Protocol, "")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(doors, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    idle, idle_writer = await asyncio.open_connection("127.0.0.1", port)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(a_request() + a_request())
    while not doors.answering:
        await asyncio.sleep(0)
    server.close()
    doors.close()
    assert await idle.read() == b""
    loop.call_soon(gate.set)
    await doors.wait(10)
    said = await reader.read()
    assert said.startswith(b"HTTP/1.1 200 OK\r\n") and b"Connection: close" in said
    assert said.count(b"HTTP/1.1") == 1
    for each in (writer, idle_writer):
        each.close()
    while doors.open:
        await asyncio.sleep(0)
