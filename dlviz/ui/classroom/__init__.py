"""The class in front of the labs: its page, and what stands above every page while one is in a room."""
