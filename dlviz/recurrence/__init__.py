"""Recurrent networks step by step: their gates, equations, gradients, and interventions on them."""
