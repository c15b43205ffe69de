"""The same work on what others publish, written as their documentation shows."""
