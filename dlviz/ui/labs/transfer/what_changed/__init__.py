"""A network before and after fine-tuning: its weights, its maps, its old task."""
