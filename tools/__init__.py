"""Commands for those who work on dlviz: `python -m tools.<name>`."""
