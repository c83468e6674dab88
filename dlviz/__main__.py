"""The command `dlviz`, or `python -m dlviz`: starts the app."""

import sys

from streamlit.web import cli

from dlviz.paths import APP


def main() -> None:
    """Start the app. Further arguments are Streamlit's, such as `--server.port 8600`.

    The settings in `.streamlit/config.toml` are found because they lie beside app.py.
    """
    cli.main(["run", str(APP / "app.py"), *sys.argv[1:]], prog_name="streamlit")


if __name__ == "__main__":
    main()
