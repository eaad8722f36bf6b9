"""Kaleyra's end: https://developers.kaleyra.io/docs/send-your-first-sms"""

import secrets
from typing import Any, ClassVar
from urllib.parse import quote

from aiohttp import web

from rehearsal.sms.api import called, files, same, serve
from rehearsal.sms.stand_in import Fate, Json, Message, Refusal, SmsStandIn, Wire, compact, stamp


class KaleyraStandIn(SmsStandIn):
    """One sender of a Kaleyra account. Its callback profile keeps to Kaleyra's own names."""

    kind: ClassVar[str] = "kaleyra"
    fates: ClassVar = {
        1: Fate("to · no such number", 400, "to"),
        2: Fate("sender · not approved", 400, "sender"),
        3: Fate("401 · API key not accepted", 401),
        4: Fate("402 · no credit left", 402),
        5: Fate("429 · too many requests", 429),
        6: Fate("500 · Kaleyra's own fault", 500),
        11: Fate("OPT-OUT · customer has opted out (later)", None, "OPT-OUT"),
        12: Fate("MOB-OFF · phone is off (later)", None, "MOB-OFF"),
        13: Fate("TEMPLATE-NOT-FOUND · no DLT template (later)", None, "TEMPLATE-NOT-FOUND"),
        14: Fate("NO-CREDITS · no credit left (later)", None, "NO-CREDITS"),
    }

    @classmethod
    def routes(cls) -> list[web.RouteDef]:
        """The API below ``/kaleyra``."""
        return [
            web.post("/kaleyra/v1/{sid}/messages", send),
            web.get("/kaleyra/files/{file_id}", files(cls, lambda request: True)),
        ]

    def an_id(self) -> str:
        token = secrets.token_hex(16)
        return f"{token[:8]}-{token[8:12]}-{token[12:16]}-{token[16:20]}-{token[20:]}"

    def webhook(self, items: list[Json]) -> Wire:
        """JSON with the names of Kaleyra's own template; the secret stands in the address."""
        (item,) = items
        said = self._report(item) if item["kind"] == "report" else self._message(item)
        secret = quote(self.channel.settings["callback_secret"], safe="")
        return Wire(f"secret={secret}", compact(said), {"Content-Type": "application/json"})

    def refused(self, code: int, fate: Fate) -> Refusal:
        error: Any = {fate.name: fate.words} if fate.name else fate.words
        return Refusal(fate.status or 400, {"error": error}, {"Retry-After": "1"} if code == 5 else None)

    def accept(self, form: Any) -> Json:
        """Take a send call. Raises `Refusal`."""
        form = form if isinstance(form, dict) else {}
        number = str(form.get("to", "")).removeprefix("+")
        on_whatsapp = form.get("channel") == "whatsapp"
        needed = ("to", "from") if on_whatsapp else ("to", "sender", "body")
        for name in needed:
            if not form.get(name):
                raise Refusal(400, {"error": {name: f"{name} is required"}})
        if not number.isdigit():
            raise Refusal(400, {"error": {"to": "Invalid number"}})
        words = form.get("body") or form.get("caption") or form.get("template_name", "")
        sent = Message(number, words, form.get("media_url", ""), form.get("ref", ""))
        identifier = self.take(sent)
        receipt = {"message_id": f"{identifier}:1", "recipient": f"+{number}"}
        about = {"type": form.get("type", ""), "id": identifier, "totalCount": 1, "error": {}}
        return about | ({} if on_whatsapp else {"body": words, "sender": form["sender"], "data": [receipt]})

    def _message(self, item: Json) -> Json:
        if self.channel.settings.get("channel") == "whatsapp":
            return self._on_whatsapp(item)
        if item.get("file"):
            return self._on_whatsapp(item)
        return {
            "id": item["id"],
            "kid": "",
            "source": item["from"],
            "recipient": f"+{self.number()}",
            "message": item["text"],
            "keyword": item["text"].split()[0].upper() if item["text"].split() else "",
            "operator": "JIO",
            "circle": "JIO ASSAM",
            "status": "SENT",
            "status_trace": "SENT",
            "timestamp": stamp(item["at"], "%Y-%m-%d %H:%M:%S"),
        }

    def _on_whatsapp(self, item: Json) -> Json:
        file = item.get("file") or {}
        kind = file.get("mime_type", "").split("/")[0]
        return {
            "id": item["id"],
            "body": item["text"],
            "mime_type": file.get("mime_type", ""),
            "media_url": self.place(file) if file else "",
            "from": item["from"],
            "name": item["name"],
            "type": ("document" if kind not in ("image", "audio", "video") else kind) if file else "text",
            "created_at": str(int(item["at"])),
            "wanumber": self.number(),
        }

    def _report(self, item: Json) -> Json:
        on_whatsapp = self.channel.settings.get("channel") == "whatsapp"
        words = {"sent": "SUBMITTED", "delivered": "DELIVRD", "failed": "Undelivered"}
        status = item["status"] if on_whatsapp else words[item["status"]]
        return {
            "id": f"{item['id']}:1" if not on_whatsapp else item["id"],
            "status": "0" if on_whatsapp and status == "failed" else status,
            "status_trace": item["name"],
            "recipient": f"+{item['to']}",
            "ref": item["reference"],
            "timestamp": stamp(item["at"], "%Y-%m-%d %H:%M:%S"),
        }


def _find(request: web.Request, _: Any) -> KaleyraStandIn:
    unknown = Refusal(401, {"code": "E401", "message": "Invalid SID or api-key"})
    found = called(request, KaleyraStandIn, "sid", request.match_info["sid"], unknown)
    if not same(request.headers.get("api-key", ""), found.channel.settings["api_key"]):
        raise unknown
    return found


async def send(request: web.Request) -> web.StreamResponse:
    """``POST /v1/{sid}/messages``."""
    return await serve(request, lambda said: _find(request, said), KaleyraStandIn.accept, status=202)
