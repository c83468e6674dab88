"""Browser components: a folder each with `<name>.js`, `.css` and `.html`, drawn on the client."""

import json
from pathlib import Path

from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

from dlviz.figures import theme
from dlviz.ui.components.scripts import add_script

HERE = Path(__file__).parent

# What travels with every redraw in place of the script. The address is relative to the page's, as those of
# Streamlit's own files are, so that it holds under a sub-path too. Once the script is loaded its import is
# immediate; where the network has failed, the next redraw asks again.
LOADER = """
const script = new URL("{address}", document.baseURI).href;
export default async (component) => (await import(script)).default(component);
"""


def load(name: str, *shared: str) -> ComponentRenderer:
    """The component of the folder `name`.

    Its script `<name>.js` is preceded by the palette, files of `shared/`, and the folder's other scripts;
    its style by that of all controls, and that of the shared files which have one.
    """
    folder = HERE / name
    main = folder / f"{name}.js"
    others = sorted(set(folder.glob("*.js")) - {main})
    styles = [HERE / "shared" / f"{part}.css" for part in ("controls", *shared)]
    files = [*(HERE / "shared" / f"{part}.js" for part in shared), *others, main]
    script = "\n".join([_palette(), *map(_read, files)])
    return component(
        f"dlviz_{name}",
        html=_read(folder / f"{name}.html"),
        css=_short("".join(_read(file) for file in [*styles, folder / f"{name}.css"] if file.exists())),
        js=LOADER.format(address=add_script(name, script)),
    )


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _short(source: str) -> str:
    """The style without indentation: it travels anew with every redraw."""
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line)


def _palette() -> str:
    """The palette of `figures.theme` for scripts, so that colours are written down once."""
    stops = {scale: theme.plotly_scale(scale) for scale in theme.TABLES}
    palette = {"scales": stops, "accent": theme.ACCENT, "classes": theme.CLASSES, "runs": theme.RUNS}
    return f"const PALETTE = {json.dumps(palette)};"
