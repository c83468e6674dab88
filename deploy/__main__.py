"""Several servers behind one address, as processes of this machine: `python -m deploy`."""

import argparse
import signal
import sys
from pathlib import Path

from deploy.processes import DidNotStart, Missing, topology


def main() -> None:
    """Start all parts, say the address, and end them all at Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m deploy", description=__doc__)
    parser.add_argument("--servers", type=int, default=2, help="servers of the app (2)")
    parser.add_argument("--workers", type=int, default=2, help="Dask workers; with 0 the servers train (2)")
    parser.add_argument("--path", default="", help="below which the app's addresses begin, as in /dlviz")
    parser.add_argument("--port", type=int, default=8080, help="of the proxy (8080)")
    parser.add_argument("--folder", type=Path, help="that keeps runs, rooms and logs (a temporary one)")
    parser.add_argument("--sqlite", action="store_true", help="keep rooms in a file, without PostgreSQL")
    given = parser.parse_args()
    if given.servers < 1 or given.workers < 0:
        parser.error("there must be a server, and no fewer than 0 workers")
    if given.path and not given.path.startswith("/"):
        parser.error("a path begins with a slash, as in /dlviz")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        with topology(
            given.servers,
            given.path.rstrip("/"),
            given.workers,
            not given.sqlite,
            given.folder,
            given.port,
        ) as parts:
            print(f"Open {parts.address}/ (Ctrl-C ends all {given.servers} servers)", flush=True)
            signal.pause()
    except KeyboardInterrupt:
        print()
    except (Missing, DidNotStart) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
