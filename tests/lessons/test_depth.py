"""What the lesson of the lab Depth claims."""
