"""Memory that a part of a process takes at its peak, where the system tells it (Linux)."""

from dataclasses import dataclass
from pathlib import Path

PROCESS = Path("/proc/self")


@dataclass(frozen=True)
class PeakMemory:
    """Memory that a process had when something began.

    Args:
        before: bytes; None where the system does not tell.
    """

    before: int | None

    @classmethod
    def begin(cls) -> "PeakMemory":
        """Note what the process has now, and let its peak count anew."""
        try:
            (PROCESS / "clear_refs").write_text("5")
            return cls(_read("VmRSS"))
        except (OSError, ValueError, StopIteration):
            return cls(None)

    def measure(self) -> int | None:
        """Bytes that the process has had at its peak since, beyond those that it had then."""
        return None if self.before is None else max(0, _read("VmHWM") - self.before)


def _read(name: str) -> int:
    lines = (PROCESS / "status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith(f"{name}:")).split()[1])
