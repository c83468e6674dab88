"""The pages' shared interface. Streamlit lives here and in `pages/` only."""
