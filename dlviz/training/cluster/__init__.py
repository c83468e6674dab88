"""Runs on a Dask cluster: `launcher` on the server's side, `on_worker` on that of each Dask worker."""
