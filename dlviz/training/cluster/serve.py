"""Commands `dlviz scheduler` and `dlviz worker`: the two kinds of process that a cluster consists of.

What travels between them is pickled, so whoever reaches a scheduler can run programs on all its machines:
without certificates it listens to this machine alone.
"""

import argparse
import asyncio
import ipaddress
import logging
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from distributed import Scheduler, Worker

from dlviz.training.cluster.launcher import GPU, PLACE
from dlviz.training.cluster.security import TLS, BadAddress, check_address, find_security
from dlviz.training.runs.scheduler import places

PORT = 8786
AGAIN = 1.0  # seconds until a worker looks for its scheduler again

log = logging.getLogger(__name__)


def main(command: str, arguments: Sequence[str]) -> None:
    """Serve as the scheduler or as a worker until the process is ended."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        asyncio.run(_scheduler(arguments) if command == "scheduler" else _worker(arguments))
    except BadAddress as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"The {command} cannot be started: {error}")
    except KeyboardInterrupt:
        pass


async def _scheduler(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("dlviz scheduler", description="Hand runs to the workers of a cluster.")
    parser.add_argument("--host", default="127.0.0.1", help=f"address to listen at; others need {TLS}")
    parser.add_argument("--port", type=int, default=PORT)
    given = parser.parse_args(arguments)
    security = find_security()
    if not security and not _is_this_machine(given.host):
        raise BadAddress(
            f"Without certificates a scheduler listens to 127.0.0.1 alone: name their folder in {TLS}."
        )
    async with Scheduler(
        host=given.host,
        port=given.port,
        protocol="tls://" if security else "tcp://",
        security=security,
        dashboard=False,
        dashboard_address="127.0.0.1:0",
    ) as scheduler:
        await scheduler.finished()


async def _worker(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser("dlviz worker", description="Train runs for a cluster.")
    parser.add_argument("scheduler", help="its address, such as tcp://127.0.0.1:8786")
    parser.add_argument("--places", type=int, default=places(), help="runs at a time (default: by the cores)")
    parser.add_argument("--gpus", type=int, default=int(Path("/dev/nvidia0").exists()), help="GPUs to offer")
    parser.add_argument("--name", default=platform.node(), help="of this machine, as learners read it")
    parser.add_argument("--host", default=None, help="address of this machine, as the scheduler reaches it")
    given = parser.parse_args(arguments)
    security = find_security()
    check_address(given.scheduler, security)
    said, tried = False, 1
    while True:  # a Dask worker ends with its scheduler, and the scheduler may come back
        try:
            async with Worker(
                given.scheduler,
                nthreads=given.places,
                resources={PLACE: given.places, **({GPU: given.gpus} if given.gpus else {})},
                name=given.name if tried == 1 else f"{given.name}-{tried}",
                host=given.host,
                security=security,
                memory_limit=0,
                dashboard=False,
                dashboard_address="127.0.0.1:0",
                death_timeout=5,
            ) as worker:
                said = False
                log.info("%s trains %s runs at a time", worker.name, given.places)
                await worker.finished()
        except ValueError as error:
            if "name taken" not in str(error):
                raise
            tried += 1
            continue
        except (OSError, TimeoutError, RuntimeError) as error:
            if not said:
                log.warning("The scheduler at %s does not answer: %s", given.scheduler, error)
            said = True
        await asyncio.sleep(AGAIN)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
