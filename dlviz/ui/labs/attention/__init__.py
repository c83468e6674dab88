"""The lab that steps through self-attention."""
