"""A class before one board: rooms, questions, answers, and what learners show each other.

Everything is kept in a database, so that a server that ends in the middle of a question loses nothing.
"""
