"""The command `dlviz`, or `python -m dlviz`: starts the app, or a part of a cluster."""

import sys

from streamlit.web import cli

from dlviz.paths import APP


def main() -> None:
    """Start the app; with `scheduler` or `worker` as the first argument, that part of a cluster.

    Further arguments of the app are Streamlit's, such as `--server.port 8600`.
    The settings in `.streamlit/config.toml` are found because they lie beside app.py.
    """
    command, *others = sys.argv[1:] or [""]
    if command in ("scheduler", "worker"):
        try:
            from dlviz.training.cluster import serve  # late: only a cluster needs Dask
        except ModuleNotFoundError as missing:
            if missing.name != "distributed":
                raise
            sys.exit('A cluster needs Dask: pip install "dlviz[cluster]"')
        serve.main(command, others)
        return
    cli.main(["run", str(APP / "app.py"), *sys.argv[1:]], prog_name="streamlit")


if __name__ == "__main__":
    main()
