"""The palette of `dlviz.figures.theme` for scripts, so that colours are written down once.

`python -m dlviz.ui.components.palette` writes it to `shared/palette.js`.
"""

import json
from pathlib import Path

from dlviz.figures import theme

FILE = Path(__file__).parent / "shared" / "palette.js"


def palette_script() -> str:
    """The palette as a module: the colours of each scale from its low end, the accent, classes and runs."""
    scales = [f"    {scale}: {_listed(theme.plotly_scale(scale))}," for scale in theme.TABLES]
    return "\n".join(
        [
            "// Written by dlviz/ui/components/palette.py from dlviz/figures/theme.py.",
            "",
            "export const PALETTE = {",
            "  scales: {",
            *scales,
            "  },",
            f"  accent: {json.dumps(theme.ACCENT)},",
            f"  classes: {json.dumps(theme.CLASSES)},",
            f"  runs: {json.dumps(theme.RUNS)},",
            "};",
            "",
        ]
    )


def _listed(stops: list[tuple[float, str]]) -> str:
    """The colours alone: they lie at equal distances."""
    return json.dumps([colour for _, colour in stops])


if __name__ == "__main__":
    FILE.write_text(palette_script(), encoding="utf-8")
