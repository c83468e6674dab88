"""What the lesson of the lab Loss landscape claims."""
