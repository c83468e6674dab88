"""Browser components: a folder each with `<name>.js`, `.css` and `.html`, drawn on the client."""

from pathlib import Path

from streamlit.components.v2 import component
from streamlit.components.v2.types import ComponentRenderer

from dlviz.ui.components.scripts import script_address

HERE = Path(__file__).parent

# What travels with every redraw in place of the script. The address is relative to the page's, as those of
# Streamlit's own files are, so that it holds under a sub-path too. Once the script is loaded its import is
# immediate; where the network has failed, the next redraw asks again. Each component's element is written
# `inert`: it takes neither clicks nor keys until its script answers them.
LOADER = """
const script = new URL("{address}", document.baseURI).href;
export default async (component) => {{
  const end = await (await import(script)).default(component);
  component.parentElement.querySelector(".dlviz").inert = false;
  return end;
}};
"""


def load_component(name: str, *styles: str) -> ComponentRenderer:
    """The component of the folder `name`, whose script is `<name>.js`.

    Its style follows that of all controls, and those of the files of `shared/` that are named.
    """
    folder = HERE / name
    sheets = [*(HERE / "shared" / f"{style}.css" for style in ("controls", *styles)), folder / f"{name}.css"]
    return component(
        f"dlviz_{name}",
        html=_read(folder / f"{name}.html"),
        css=_short("".join(map(_read, sheets))),
        js=LOADER.format(address=script_address(name)),
    )


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _short(source: str) -> str:
    """The style without indentation: it travels anew with every redraw."""
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line)
