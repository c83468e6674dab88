"""The containers of compose.yaml are wired as the processes are, which every other test here starts."""

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from dlviz.paths import ROOT
from tests.training_runs.processes import alive, children, until

FOLDER = ROOT / "deploy"
TEXT = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
# As Compose fills them where nothing is set.
FILLED: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", TEXT))
SERVICES: dict[str, dict[str, Any]] = FILLED["services"]
APPS, WORKERS = ("app1", "app2"), ("worker1", "worker2")
OWN = {name: service for name, service in SERVICES.items() if service["image"] == "dlviz-cluster"}


def test_every_part_is_there_and_waits_for_what_it_needs() -> None:
    assert {*SERVICES} == {"proxy", *APPS, "database", "certificates", "scheduler", *WORKERS}
    for name, service in SERVICES.items():
        assert service.get("image"), name
        assert {*service.get("depends_on", ())} <= {*SERVICES}, name
        named = [volume.split(":")[0] for volume in service.get("volumes", ())]
        assert {each for each in named if not each.startswith("./")} <= {*FILLED["volumes"]}, name
        assert all((FOLDER / each).is_file() for each in named if each.startswith("./")), name
    # Learners reach the proxy alone.
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_what_trains_and_what_serves_share_runs_certificates_and_settings() -> None:
    shared = [SERVICES[name] for name in (*APPS, *WORKERS, "scheduler")]
    assert all(service["environment"] == shared[0]["environment"] for service in shared)
    assert all({"runs:/runs", "tls:/tls"} <= {*service["volumes"]} for service in shared)
    settings = shared[0]["environment"]
    assert settings["DLVIZ_SCHEDULER"].startswith("tls://scheduler:")
    assert "@database/" in settings["DLVIZ_DATABASE"]
    database = SERVICES["database"]["environment"]
    assert f"{database['POSTGRES_USER']}:{database['POSTGRES_PASSWORD']}@" in settings["DLVIZ_DATABASE"]
    proxy = SERVICES["proxy"]["environment"]
    assert proxy["DLVIZ_SERVERS"].split() == [f"{name}:8501" for name in APPS]
    assert TEXT.count("_PATH: ${DLVIZ_PATH:-}") == 2  # at the proxy as at the servers


def test_the_image_is_built_once_and_before_anything_that_runs_it() -> None:
    """Builds by each service would run at once, and the first one on a machine fail."""
    (builder,) = (name for name, service in OWN.items() if "build" in service)

    def waits_for(name: str) -> set[str]:
        wanted = {*SERVICES[name].get("depends_on", ())}
        return wanted.union(*map(waits_for, wanted))

    for name, service in OWN.items():
        assert name == builder or builder in waits_for(name), name
        assert (service["pull_policy"], service["init"]) == ("never", True), name


def test_what_the_image_copies_is_sent_to_the_build_and_its_user_may_write_to_its_volumes() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        word
        for line in re.findall(r"^COPY (.+) \S+$", dockerfile, re.M)
        for word in line.split()
        if word != "."
    }
    assert copied
    assert copied <= sent
    user = re.findall(r"^USER (\w+)$", dockerfile, re.M)[-1]
    (owned,) = re.findall(rf"chown {user} (.+)$", dockerfile, re.M)
    for name, service in OWN.items():
        volumes = [each.split(":")[1] for each in service["volumes"] if not each.startswith("./")]
        assert {*volumes} <= {*owned.split()}, name


def test_a_name_of_ones_own_opens_the_ports_of_the_proxy() -> None:
    https = yaml.safe_load((FOLDER / "https.yaml").read_text(encoding="utf-8"))
    assert {each.split("/")[0] for each in https["services"].pop("proxy")["ports"]} == {"80:80", "443:443"}
    assert not https["services"]


def test_the_proxy_reads_its_file_as_compose_fills_it(tmp_path: Path) -> None:
    program = shutil.which("caddy") or pytest.skip("no caddy on this machine")
    for path in ("", "/dlviz"):
        settings = {**SERVICES["proxy"]["environment"], "DLVIZ_PATH": path, "HOME": str(tmp_path)}
        done = subprocess.run(
            [program, "validate", "--adapter", "caddyfile", "--config", FOLDER / "Caddyfile"],
            env=settings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_certificates_are_of_one_authority_whose_key_nobody_has(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine")
    script = ["sh", FOLDER / "certificates.sh", tmp_path]
    subprocess.run(script, check=True)
    assert {file.name for file in tmp_path.iterdir()} == {"ca.pem", "cert.pem", "key.pem"}
    command = ["openssl", "verify", "-CAfile", tmp_path / "ca.pem", tmp_path / "cert.pem"]
    subprocess.run(command, check=True, capture_output=True)
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0
    before = (tmp_path / "key.pem").read_bytes()
    subprocess.run(script, check=True)
    assert (tmp_path / "key.pem").read_bytes() == before


def test_no_part_outlives_the_script_that_started_it(tmp_path: Path) -> None:
    if shutil.which("caddy") is None or shutil.which("setpriv") is None:
        pytest.skip("no caddy or no setpriv on this machine")
    options = ["--servers=1", "--workers=0", "--sqlite", "--port=0", f"--folder={tmp_path}"]
    command = [sys.executable, "-m", "deploy", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as script:
        assert script.stdout
        assert script.stdout.readline().startswith("Open http://127.0.0.1:")
        parts = children(script.pid)
        assert len(parts) == 2
        script.send_signal(signal.SIGKILL)
        script.wait()
        until(lambda: not any(map(alive, parts)))


def test_bad_options_are_a_sentence() -> None:
    for options, said in (
        (["--servers=0"], "there must be a server"),
        (["--path=dlviz"], "a path begins with a slash"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "deploy", *options], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert said in done.stderr
