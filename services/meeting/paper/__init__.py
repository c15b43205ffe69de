"""What a record says in official words, as plain data for `kernel.paper` and the template beside this file."""
