"""Figures: NumPy arrays in, `plotly.graph_objects.Figure` or pixels out. No torch, no Streamlit."""
