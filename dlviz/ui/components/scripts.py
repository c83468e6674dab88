"""The scripts of the browser components as files that a browser fetches once."""

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

HERE = Path(__file__).parent
# Read at the start: what lies at an address never changes, and no address becomes a path of the disk.
SCRIPTS = {file.relative_to(HERE).as_posix(): file.read_bytes() for file in sorted(HERE.rglob("*.js"))}
# One for all scripts, since each imports others by their place beside it.
CONTENT = b"\0".join(part for name, script in SCRIPTS.items() for part in (name.encode(), script))
VERSION = hashlib.sha256(CONTENT).hexdigest()[:16]
FOLDER = "component-scripts"
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def script_address(name: str) -> str:
    """The address of a component's main script, relative to that of the app."""
    return f"{FOLDER}/{VERSION}/{name}/{name}.js"


async def send_script(request: Request) -> Response:
    """Answer with a script of this version."""
    text = SCRIPTS.get(request.path_params["name"])
    if text is None or request.path_params["version"] != VERSION:
        return PlainTextResponse("not found", 404)
    return Response(text, media_type="text/javascript", headers=FOREVER)


# `base` is what the app's address may have before its own paths (server.baseUrlPath, or a proxy).
SCRIPTS_ROUTE = Route(f"/{{base:path}}{FOLDER}/{{version}}/{{name:path}}", send_script)
