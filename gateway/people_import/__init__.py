"""People from a CSV or XLSX list: every row's fate is shown before anything is written."""
