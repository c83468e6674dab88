"""Several servers behind one address: as containers (compose.yaml), or as processes (python -m deploy)."""
