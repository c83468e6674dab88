"""The comparison of architectures, filled in from runs."""
