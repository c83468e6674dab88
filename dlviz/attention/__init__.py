"""What attention patterns tell, and what happens if they are changed."""
