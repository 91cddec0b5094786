"""The dashboard: what is going on, for an operator to look at and to step in.

docs/adr/0023 says why it is made so.
"""
