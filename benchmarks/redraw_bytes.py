"""Bytes from the server to the browser when a new digit is drawn: all messages of the CNN lab's rerun.

python -m benchmarks.redraw_bytes
"""

import asyncio

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks import report
from benchmarks.client import Rerun, visiting
from benchmarks.server import running
from dlviz.data import mnist

DIGITS = 20


async def reruns(port: int, count: int) -> list[Rerun]:
    """One rerun for each of so many digits, after a first one that brings what is sent only once."""
    first, *digits = mnist.digits("test")[0][: count + 1].numpy()
    async with visiting(port) as client:
        await client.draw(first)
        return [await client.draw(digit) for digit in digits]


def components(rerun: Rerun) -> dict[str, int]:
    """Component's name -> bytes of the arrays and the header that are its data."""
    messages = [ForwardMsg.FromString(raw) for raw in rerun.messages]
    sent = [message.delta.new_element.bidi_component for message in messages]
    return {component.component_name: len(component.bytes) for component in sent if component.bytes}


def main() -> None:
    """Measure and print."""
    count = DIGITS // 10 if report.quick(__doc__) else DIGITS
    with running() as server:
        measured = asyncio.run(reruns(server.port, count))
    totals = [sum(map(len, rerun.messages)) / 1000 for rerun in measured]
    report.figure(
        f"all messages, median of {count} redraws", report.percentile(totals, 50), "kB", at_most=170
    )
    report.figure("all messages, largest", max(totals), "kB", at_most=170)
    for name, size in components(measured[-1]).items():
        report.figure(f"of these, the data of {name}", size / 1000, "kB")


if __name__ == "__main__":
    main()
