"""Measures the product beside named peers, interleaved in one run: `make bench`, `make bench QUICK=1`.

Each benchmark is one file of one shape (`shape.py`): a name, its sides, what must be true of every round, its gates.
"""
