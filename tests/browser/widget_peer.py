"""The other side of the chat widget: a small server of `/visitors` that does what a test tells it to.

It serves the real templates and scripts under the contract's Content-Security-Policy, and keeps a
conversation as docs/live-protocol.md has it. So a test can lose an acknowledgement, stay silent about a
message or drop the line at a chosen moment, which the real server does only by bad luck.
"""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
import socketio
from aiohttp import web

WEB = Path(__file__).parents[2] / "web"
BOT = {"kind": "bot", "name": "Finch"}
MARCO = {"kind": "agent", "name": "Marco Rossi"}
Json = dict[str, Any]

WIDGET_CSP = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data: https:; "
    "connect-src 'self' ws: wss:; frame-ancestors 'self' http://localhost:*"
)
SHOP_CSP = "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:"
STRICT_CSP = (
    "default-src 'none'; script-src {parley}; frame-src {parley}; style-src 'none'; "
    "require-trusted-types-for 'script'; base-uri 'none'; form-action 'none'"
)
STRICT_PAGE = """<!doctype html><html lang="en"><title>Strict</title>
<meta name="viewport" content="width=device-width">
<body><h1>A page of someone else</h1><button id="theirs">Theirs</button>
<script src="{parley}/widget.js" data-channel="webchat" async></script>"""


class Conversation:
    """What one visitor and we said, with the contract's `seq` and `rev`."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(6)
        self.rev = 0
        self.messages: list[Json] = []
        self.speaker: Json = BOT
        self.status = "open"

    def add(self, direction: str, author: Json, content: Json, client_id: str | None = None) -> Json:
        self.rev += 1
        message = {
            "id": f"{self.id}-{self.rev:04}",
            "client_id": client_id,
            "seq": self.rev,
            "rev": self.rev,
            "direction": direction,
            "author": author,
            "content": content,
            "status": "received" if direction == "in" else "sent",
            "created_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        self.messages.append(message)
        return message

    def told(self, messages: list[Json]) -> Json:
        items = [{key: value for key, value in message.items() if key != "rev"} for message in messages]
        return {
            "conversation_id": self.id,
            "rev": self.rev,
            "items": items,
            "speaker": self.speaker,
            "status": self.status,
            "waiting": False,
        }


class Peer:
    """`url` is Parley's address, `strict_url` another origin's page that embeds it under a strict policy."""

    url: str
    strict_url: str

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation | None] = {}
        self.sent: list[Json] = []
        self.seen: list[int] = []
        self.auth: list[Json] = []
        self.fetched: list[str] = []
        self.refusals: list[Json] = []
        self.lost_answers = 0
        self.answer: Callable[[str], Json | None] = lambda text: None
        self._tokens: dict[str, str] = {}
        self.sio = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")
        for name in ("connect", "sync", "send", "typing", "seen", "end"):
            self.sio.on(name, getattr(self, f"_{name}"), namespace="/visitors")

    @property
    def conversation(self) -> Conversation:
        """The only conversation there is."""
        (only,) = [each for each in self.conversations.values() if each]
        return only

    @property
    def texts(self) -> list[str]:
        """What the visitor said, as it was stored."""
        stored = [message for message in self.conversation.messages if message["direction"] == "in"]
        return [message["content"].get("text") or message["content"]["title"] for message in stored]

    async def say(self, content: Json | str, author: Json = MARCO, *, silently: bool = False) -> None:
        """Add a message of ours; silently: as if the push had been lost."""
        said = {"type": "text", "text": content} if isinstance(content, str) else content
        message = self.conversation.add("out", author, said)
        if not silently:
            await self._push([message])

    async def hang_up(self) -> None:
        """Drop every line."""
        for sid in list(self._tokens):
            await self.sio.disconnect(sid, namespace="/visitors")

    async def _push(self, messages: list[Json]) -> None:
        for token, conversation in self.conversations.items():
            if conversation:
                await self.sio.emit(
                    "messages", conversation.told(messages), room=token, namespace="/visitors"
                )

    async def _connect(self, sid: str, environ: Json, auth: Json) -> None:
        self.auth.append(auth)
        token = auth["token"] if auth["token"] in self.conversations else secrets.token_hex(8)
        self.conversations.setdefault(token, None)
        self._tokens[sid] = token
        await self.sio.enter_room(sid, token, namespace="/visitors")
        welcome = {
            "token": token,
            "title": "Alder & Finch",
            "greeting": "Hello! How can I help?",
            "visitor_id": token,
            "agents_online": True,
            "limits": {"text": 200},
        }
        self.sio.start_background_task(self.sio.emit, "welcome", welcome, to=sid, namespace="/visitors")

    async def _sync(self, sid: str, asked: Json) -> Json:
        conversation = self.conversations[self._tokens[sid]]
        if conversation is None:
            return {**Conversation().told([]), "conversation_id": None}
        after = asked["after_rev"]
        return conversation.told([m for m in conversation.messages if after is None or m["rev"] > after])

    async def _send(self, sid: str, said: Json) -> Json | None:
        token = self._tokens[sid]
        self.sent.append(said)
        if self.refusals:
            return {"error": self.refusals.pop(0)}
        conversation = self.conversations[token] = self.conversations[token] or Conversation()
        stored = next((m for m in conversation.messages if m["client_id"] == said["client_id"]), None)
        if stored is None:
            content = _content(said)
            stored = conversation.add("in", {"kind": "contact", "name": None}, content, said["client_id"])
            answer = self.answer(content.get("text") or content.get("title") or "")
            if self.lost_answers:
                self.lost_answers -= 1
                await self.sio.disconnect(sid, namespace="/visitors")
                return None
            await self._push([stored, *([conversation.add("out", BOT, answer)] if answer else [])])
        return {"message": conversation.told([stored])["items"][0]}

    async def _typing(self, sid: str, said: Json) -> Json:
        return {}

    async def _seen(self, sid: str, said: Json) -> Json:
        self.seen.append(said["seq"])
        return {}

    async def _end(self, sid: str, said: Json) -> Json:
        conversation = self.conversations[self._tokens[sid]]
        if conversation:
            conversation.status = "resolved"
        return {}


def _content(said: Json) -> Json:
    if "form" in said:
        lines = [f"{name}: {value}" for name, value in said["form"]["values"].items()]
        return {"type": "form_answer", **said["form"], "text": "\n".join(lines)}
    if "choice" in said:
        return {"type": "choice", **said["choice"]}
    return {"type": "text", "text": said["text"]}


@asynccontextmanager
async def widget_peer() -> AsyncIterator[Peer]:
    """Runs a peer on two free ports of this machine."""
    peer = Peer()
    runners: list[web.AppRunner] = []

    async def serve(application: web.Application) -> int:
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0)
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return int(runner.addresses[0][1])

    peer.url = f"http://127.0.0.1:{await serve(_parley(peer))}"
    peer.strict_url = f"http://localhost:{await serve(_stranger(peer))}/"
    try:
        yield peer
    finally:
        await peer.hang_up()
        await peer.sio.shutdown()
        for runner in runners:
            await runner.cleanup()


def _parley(peer: Peer) -> web.Application:
    templates = jinja2.Environment(loader=jinja2.FileSystemLoader(WEB / "templates"), autoescape=True)

    def page(name: str, policy: str) -> Any:
        async def show(request: web.Request) -> web.Response:
            nonce = secrets.token_urlsafe(12)
            channel = {"id": "webchat", "title": "Alder & Finch", "greeting": "Hello! How can I help?"}
            html = templates.get_template(name).render(
                nonce=nonce, version="test", channel=channel, asset=lambda path: f"/static/{path}"
            )
            headers = {"Content-Security-Policy": policy.format(nonce=nonce)}
            return web.Response(text=html, content_type="text/html", headers=headers)

        return show

    async def loader(request: web.Request) -> web.FileResponse:
        return web.FileResponse(WEB / "static/widget/loader.js", headers={"Content-Type": "text/javascript"})

    @web.middleware
    async def note(request: web.Request, handler: Any) -> web.StreamResponse:
        peer.fetched.append(request.path)
        response: web.StreamResponse = await handler(request)
        return response

    application = web.Application(middlewares=[note])
    peer.sio.attach(application)
    application.router.add_get("/demo", page("demo.html", SHOP_CSP))
    application.router.add_get("/widget/{channel}", page("widget.html", WIDGET_CSP))
    application.router.add_get("/widget.js", loader)
    application.router.add_static("/static", WEB / "static")
    return application


def _stranger(peer: Peer) -> web.Application:
    async def show(request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": STRICT_CSP.format(parley=peer.url)}
        return web.Response(
            text=STRICT_PAGE.format(parley=peer.url), content_type="text/html", headers=headers
        )

    application = web.Application()
    application.router.add_get("/", show)
    return application
