"""What is promised about speed. Each module is a command: `python -m benchmarks.<name>`."""
