"""Self-attention in numbers: its steps, its patterns, and interventions on both."""
