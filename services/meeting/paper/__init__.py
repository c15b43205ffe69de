"""Papers in the layout of Decree 30/2020: what a record says in official words, and how it is set on A4.

`words` and `blocks` make plain data; `templates/*.typ` lay it out; nothing a person wrote ever becomes template code.
"""
