"""Numbers and learners' texts made safe to show."""
