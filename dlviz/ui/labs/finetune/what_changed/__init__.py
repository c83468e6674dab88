"""An encoder before and after fine-tuning: what moved inside it, and what it lost."""
