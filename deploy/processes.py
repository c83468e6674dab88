"""The topology of compose.yaml on one machine, without containers: every part a process of its own.

Each part ends with the block that has started it, and also when this process is killed.
"""

import hmac
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERE = "127.0.0.1"
PATIENCE = 120.0  # seconds until a part answers, on a machine that is busy with all of them
ENDING = 15.0  # seconds for a part to end by itself
POSTGRES = Path("/usr/lib/postgresql")  # where Debian puts the programs of a server, by their version
USER = "dlviz"
SECRET = "DLVIZ_PROXY_SECRET"  # with which the proxy makes the cookies of its servers


class Missing(RuntimeError):
    """A program is not on this machine; the message says which package has it."""


class DidNotStart(RuntimeError):
    """A part has ended, or does not answer; the message has the end of its log."""


@dataclass
class Part:
    """A process of the topology, which can be killed and started again.

    Args:
        command: and its arguments.
        answers: True as soon as the part can be used.
        environment: beside that of this process.
        user: who it runs as, where this process is root's.
        end: the signal that ends it in order.
    """

    name: str
    command: Sequence[str | Path]
    answers: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    end: int = signal.SIGTERM
    log: Path = Path(os.devnull)

    def start(self) -> None:
        """Start the process. Raises: OSError."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*_tied(self.user), *self.command],
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for this process, which ends the others in order.
                process_group=0,
            )

    def wait(self) -> None:
        """Wait until it answers. Raises: DidNotStart."""
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                text = self.log.read_text(errors="replace")[-3000:] if self.log.is_file() else ""
                raise DidNotStart(f"{self.name} did not start:\n{text}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it in order, or else as a crash does."""
        self.process.send_signal(self.end)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(ENDING)
        self.kill()


@dataclass
class Listening(Part):
    """A part that listens on a port."""

    port: int = 0


@dataclass(frozen=True)
class Topology:
    """All parts, at work.

    Attributes:
        address: where learners' browsers go, without a slash at its end.
        path: below which the app has its addresses; empty, or as in `/dlviz`.
        database: of the class's rooms, as SQLAlchemy reads it.
        runs: the folder that all servers share.
    """

    address: str
    path: str
    servers: tuple[Listening, ...]
    proxy: Listening
    runs: Path
    database: str
    postgres: Part | None = None
    scheduler: Listening | None = None
    workers: tuple[Part, ...] = ()

    def find_cookie(self, server: Listening) -> str:
        """Find the cookie with which the proxy sends a browser to this server."""
        secret, address = self.proxy.environment[SECRET], f"{HERE}:{server.port}"
        return hmac.new(secret.encode(), address.encode(), sha256).hexdigest()


@contextmanager
def topology(
    servers: int = 2,
    path: str = "",
    workers: int = 2,
    postgres: bool = True,
    folder: Path | None = None,
    port: int = 0,
) -> Iterator[Topology]:
    """Start all parts, wait until each answers, and end them when the block is left.

    Args:
        path: below which the app's addresses begin, as in `/dlviz`; empty for none.
        workers: of Dask, which train; with 0 each server trains itself.
        postgres: with a PostgreSQL for the rooms of a class; else they are in a file in the runs' folder.
        folder: for runs, rooms and logs, kept at the end; without one a temporary one.
        port: of the proxy; with 0 a free one.
    Raises: Missing; DidNotStart.
    """
    with ExitStack() as stack:
        place = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dlviz-")))
        place = place.resolve()
        logs, runs = place / "logs", place / "runs"
        for each in (logs, runs):
            each.mkdir(parents=True, exist_ok=True)

        def begin(part: Part) -> None:
            part.log = logs / f"{part.name.replace(' ', '-')}.log"
            part.start()
            stack.callback(part.stop)

        base = database_server(place) if postgres else None
        if base:
            begin(base)
        scheduler, trainers = _dask(workers, runs) if workers else (None, ())
        for each in (*([scheduler] if scheduler else []), *trainers):
            begin(each)
        database = base.url if base else f"sqlite:///{runs / 'classes.sqlite3'}"
        shared = {
            "DLVIZ_RUNS": str(runs),
            "DLVIZ_DATABASE": database,
            "STREAMLIT_SERVER_BASE_URL_PATH": path.strip("/"),
            **({"DLVIZ_SCHEDULER": f"tcp://{HERE}:{scheduler.port}"} if scheduler else {}),
        }
        if base:
            base.wait()
        apps = tuple(app_server(number, path, shared) for number in range(1, servers + 1))
        for each in apps:
            begin(each)
        proxy = reverse_proxy(apps, path, port or free_port(), place)
        begin(proxy)
        for each in (*([scheduler] if scheduler else []), *trainers, *apps, proxy):
            each.wait()
        address = f"http://{HERE}:{proxy.port}{path}"
        yield Topology(address, path, apps, proxy, runs, database, base, scheduler, trainers)


@dataclass
class Database(Listening):
    """A PostgreSQL; `url` is that of its database, with the password."""

    url: str = ""


def app_server(number: int, path: str, environment: Mapping[str, str]) -> Listening:
    """A server of the app on a free port, for this machine alone."""
    port = free_port()
    options = [f"--server.port={port}", f"--server.address={HERE}"]
    return Listening(
        f"server {number}",
        [sys.executable, "-m", "streamlit", "run", "app.py", *options],
        lambda: healthy(f"http://{HERE}:{port}{path}"),
        environment,
        port=port,
    )


def reverse_proxy(apps: Sequence[Listening], path: str, port: int, folder: Path) -> Listening:
    """Caddy before these servers, which keeps what it writes in this folder. Raises: Missing."""
    program = find("caddy", "caddy")
    settings = {
        "DLVIZ_SITE": f"http://:{port}",
        "DLVIZ_PATH": path,
        "DLVIZ_SERVERS": " ".join(f"{HERE}:{app.port}" for app in apps),
        SECRET: secrets.token_hex(32),
        "XDG_CONFIG_HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
    }
    command = [program, "run", "--adapter", "caddyfile", "--config", ROOT / "deploy" / "Caddyfile"]
    return Listening("proxy", command, lambda: healthy(f"http://{HERE}:{port}{path}"), settings, port=port)


def database_server(folder: Path) -> Database:
    """A PostgreSQL whose data are in this folder, made there if there are none. Raises: Missing."""
    programs = _find_postgres()
    # It refuses to work for root: there it works for the user that Debian's package has made.
    user = "postgres" if os.geteuid() == 0 else ""
    data, secret = folder / "postgres", folder / "password"
    folder.chmod(0o711)
    if not data.exists():
        secret.write_text(secrets.token_urlsafe(24))
        data.mkdir()
        if user:
            shutil.chown(data, user, user)
            shutil.chown(secret, user, user)
        secret.chmod(0o600)
        options = ["--auth=scram-sha-256", f"--username={USER}", f"--pwfile={secret}", "--encoding=UTF8"]
        made = [programs / "initdb", f"--pgdata={data}", "--locale=C", *options]
        subprocess.run([*_tied(user), *made], check=True, capture_output=True, cwd="/")
    port = free_port()
    settings = {"listen_addresses": HERE, "port": port, "unix_socket_directories": ""}
    command = [programs / "postgres", "-D", data]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    asked = [programs / "pg_isready", "-q", "-h", HERE, "-p", str(port), "-d", "postgres"]
    url = f"postgresql+psycopg://{USER}:{secret.read_text()}@{HERE}:{port}/postgres"
    return Database(
        "database",
        command,
        lambda: subprocess.run(asked, check=False).returncode == 0,
        user=user,
        end=signal.SIGINT,  # does not wait for those who are connected
        port=port,
        url=url,
    )


def _dask(workers: int, runs: Path) -> tuple[Listening, tuple[Part, ...]]:
    """A scheduler of Dask and workers, each of which trains one run at a time."""
    port = free_port()
    dlviz = [sys.executable, "-m", "dlviz"]
    scheduler = Listening(
        "scheduler", [*dlviz, "scheduler", f"--port={port}"], lambda: listens(port), port=port
    )
    options = [f"tcp://{HERE}:{port}", f"--host={HERE}", "--places=1"]
    trainers = tuple(
        # Servers find out by themselves when it is there.
        Part(
            f"worker {number}",
            [*dlviz, "worker", *options, f"--name=worker-{number}"],
            lambda: True,
            {"DLVIZ_RUNS": str(runs)},
        )
        for number in range(1, workers + 1)
    )
    return scheduler, trainers


def find(program: str, package: str) -> Path:
    """The path of a program. Raises: Missing, which names Debian's package."""
    if found := shutil.which(program):
        return Path(found)
    raise Missing(f"{program} is not on this machine: Debian has it in the package {package}.")


def _find_postgres() -> Path:
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = [folder for folder in POSTGRES.glob("*/bin") if (folder / "initdb").exists()]
    if not folders:
        raise Missing("PostgreSQL is not on this machine: Debian has it in the package postgresql.")
    return max(folders, key=lambda folder: int(folder.parent.name))


def _tied(user: str) -> list[str | Path]:
    """Words before a command so that it ends with this process, also if that is killed.

    Linux alone knows that. It runs as the user, if one is named, which only root may ask for.
    """
    program = shutil.which("setpriv")
    if program is None:
        return []
    change = [f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
    return [program, *change, "--pdeathsig=TERM", "--"]


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind((HERE, 0))
        return probe.getsockname()[1]


def listens(port: int) -> bool:
    """True if somebody listens on this port."""
    with closing(socket.socket()) as probe:
        return probe.connect_ex((HERE, port)) == 0


def healthy(address: str) -> bool:
    """True if a server of the app answers below this address."""
    with suppress(OSError), urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
        return True
    return False
