"""The map of the lesson on the start page: its lines and stops, the lesson's tables, and the exercises."""
