"""Training runs: each in a folder of its own, trained by a process of its own, in a fair queue."""
