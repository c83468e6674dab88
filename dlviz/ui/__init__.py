"""What the pages share. Streamlit lives here and in `pages/` only."""
