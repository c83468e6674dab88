"""What a recurrent network does at every step: its gates, its equations, what it remembers, what if."""
