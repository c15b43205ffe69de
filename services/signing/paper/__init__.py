"""Official documents as papers of Decree 30/2020: from what a draft says and its text, as plain data for the templates.

Seven types have templates of their own; all others share one.
"""
