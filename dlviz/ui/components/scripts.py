"""The scripts of the browser components as files that a browser fetches once."""

import hashlib

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

FOLDER = "component-scripts"
# The address of a script holds a hash of its content, so what is stored under it never changes.
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}

_scripts: dict[str, bytes] = {}  # <hash>/<name>.js -> content


def add_script(name: str, script: str) -> str:
    """The address of a component's script, relative to that of the app."""
    content = script.encode()
    path = f"{hashlib.sha256(content).hexdigest()[:16]}/{name}.js"
    _scripts[path] = content
    return f"{FOLDER}/{path}"


async def _send_script(request: Request) -> Response:
    """Answer with a script from memory: no address is ever made a path of the disk."""
    content = _scripts.get(request.path_params["path"])
    if content is None:
        return PlainTextResponse("not found", 404)
    return Response(content, media_type="text/javascript", headers=FOREVER)


# `base` is what the app's address may have before its own paths (server.baseUrlPath, or a proxy).
SCRIPTS_ROUTE = Route(f"/{{base:path}}{FOLDER}/{{path:path}}", _send_script)
