"""The command `dienhong` and the embedded composition."""
