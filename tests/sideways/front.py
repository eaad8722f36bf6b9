"""A real nginx with the configuration of `deploy/nginx`, in front of processes of this machine."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from inbox.machine.ports import free_port
from inbox.machine.process import Program, start

ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def a_front(
    folder: Path, ports: Sequence[int], workshop: Sequence[int] | None = None
) -> AsyncIterator[str]:
    """Its address. Only the files that differ from machine to machine are not those of `deploy/nginx`."""
    port = free_port()
    shutil.copy(ROOT / "deploy" / "nginx" / "nginx.conf", folder)
    (folder / "listen.conf").write_text(f"listen 127.0.0.1:{port};\n")
    shipped = (ROOT / "deploy" / "nginx" / "processes.conf").read_text()
    options = next(line.split(" ", 2)[2] for line in shipped.splitlines() if line.startswith("server"))
    for name, all_of_them in (("processes", ports), ("workshop", workshop or ports)):
        lines = (f"server 127.0.0.1:{each} {options}\n" for each in all_of_them)
        (folder / f"{name}.conf").write_text("".join(lines))
    found = await asyncio.to_thread(
        subprocess.run, ROOT / "scripts" / "nginx", check=True, stdout=subprocess.PIPE, text=True
    )
    user = "user root; " if os.getuid() == 0 else ""
    rest = f"daemon off; pid {folder}/nginx.pid; {user}"
    argv = (found.stdout.strip(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", rest)
    log = folder / "nginx.log"  # killed, it would leave its workers behind
    program = Program(name="nginx", argv=argv, log=log, orphan_signal=signal.SIGTERM)
    process = await start(program)
    try:
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                assert process.is_running, process.last_words()
                await asyncio.sleep(0.02)
            else:
                writer.close()
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        await process.stop()
