"""Stress tests of a pair: pictures moved, hidden, noisy, turned, or shuffled and learned again."""
