"""The lab of BERT."""
