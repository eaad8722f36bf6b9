"""Static files: addressed by version so that browsers keep them, and packed for the way."""

import gzip
import hashlib
import mimetypes
import re
from functools import lru_cache
from pathlib import Path
from time import monotonic

from aiohttp import web

WEB = Path(__file__).resolve().parents[2] / "web"
STATIC = WEB / "static"

routes = web.RouteTableDef()

_A_YEAR = 31_536_000
_VERSION = re.compile(r"[0-9a-f]{12}")
_LOOK_EVERY = 2.0
_PACKED = (".js", ".mjs", ".css", ".svg", ".json", ".txt", ".html", ".md")

_known = ("", float("-inf"))


def version() -> str:
    """Changes when a static file does. Looked up again after two seconds: an edit needs just a reload."""
    global _known
    if monotonic() - _known[1] > _LOOK_EVERY:
        total = hashlib.sha256()
        for file in sorted(STATIC.rglob("*")):
            about = file.stat()
            total.update(f"{file.relative_to(STATIC)} {about.st_mtime_ns} {about.st_size}\n".encode())
        _known = (total.hexdigest()[:12], monotonic())
    return _known[0]


def asset(path: str) -> str:
    """The address of a static file. The version is a folder, so that modules import each other within it."""
    return f"/static/{version()}/{path.lstrip('/')}"


@routes.get("/static/{path:.+}")
async def static(request: web.Request) -> web.StreamResponse:
    """A static file. What is asked for under its present version may be kept for a year."""
    path = request.match_info["path"]
    first, _, rest = path.partition("/")
    file = _file(rest if _VERSION.fullmatch(first) else path)
    if file is None:
        raise web.HTTPNotFound(text="There is no such file.")
    kept = f"public, max-age={_A_YEAR}, immutable" if first == version() else "no-cache"
    return served(request, file, {"Cache-Control": kept})


def _file(path: str) -> Path | None:
    """The file of that path in our folder, None if there is none."""
    try:
        file = (STATIC / path).resolve()
        return file if file.is_relative_to(STATIC) and file.is_file() else None
    except (ValueError, OSError):  # a NUL, a name that is too long
        return None


def served(request: web.Request, file: Path, headers: dict[str, str]) -> web.StreamResponse:
    """The file, packed if it is text and the browser can unpack it."""
    if file.suffix not in _PACKED or "gzip" not in request.headers.get("Accept-Encoding", ""):
        return web.FileResponse(file, headers=headers)
    about = file.stat()
    kind = mimetypes.guess_type(file.name)[0] or "text/plain"
    return web.Response(
        body=_packed(file, about.st_mtime_ns),
        content_type=kind,
        charset="utf-8",
        headers={**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"},
    )


@lru_cache(maxsize=512)
def _packed(file: Path, changed: int) -> bytes:
    return gzip.compress(file.read_bytes(), 9, mtime=0)
