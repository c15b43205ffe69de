"""Papers in the layout of Decree 30/2020: plain data from the services is set on A4, as PDF/A.

`blocks` are the pieces of a paper, `decree30.typ` lays them out; nothing a person wrote ever becomes template code.
"""
