"""Shared kernel: messages, deciders, the write path, followers and the ports they need. It knows no service."""
