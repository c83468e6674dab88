"""One digit, read by four networks at once: the top of the start page."""
