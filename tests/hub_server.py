"""A hub on this machine: what huggingface_hub asks of it, answered from a folder of models."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMMIT = "0" * 40


def _handler(root: Path, asked: list[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._file(body=False)

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path.startswith("/api/models/"):
                self._api(path.removeprefix("/api/models/"))
            else:
                self._file(body=True)

        def _api(self, path: str) -> None:
            name = path.partition("/revision/")[0].partition("/tree/")[0]
            if not (root / name).is_dir():
                self._send(401, {"X-Error-Code": "RepoNotFound"}, b"{}")
                return
            files = [{"rfilename": f.name, "size": f.stat().st_size} for f in (root / name).iterdir()]
            listing = [{"type": "file", "path": f["rfilename"], "oid": COMMIT, **f} for f in files]
            answer = listing if "/tree/" in path else {"id": name, "sha": COMMIT, "siblings": files}
            self._send(200, {"Content-Type": "application/json"}, json.dumps(answer).encode())

        def _file(self, body: bool) -> None:
            name, _, file = self.path.removeprefix("/").partition(f"/resolve/{COMMIT}/")
            content = (root / name / file).read_bytes()
            if body:
                asked.append(file)
            etag = hashlib.sha256(content).hexdigest()
            headers = {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
            self._send(200, headers, content, body)

        def _send(self, status: int, headers: dict[str, str], content: bytes, body: bool = True) -> None:
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is written to the terminal."""

    return Handler


@contextmanager
def serving(root: Path) -> Iterator[tuple[str, list[str]]]:
    """The hub's address, and the files that were fetched, in order. A model is a folder `root/owner/name`."""
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(root, asked))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
