"""Batch norm at work: a panel of every lab that shows networks with batch norm."""
