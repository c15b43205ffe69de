"""Passwords for the command line: asked for, or read from stdin, a line each."""

import sys

import typer


def password(words: str = "Password", again: bool = True) -> str:
    """`again`: typed twice, since nobody else knows it yet."""
    if sys.stdin.isatty():
        return str(typer.prompt(words, hide_input=True, confirmation_prompt=again, err=True))
    return sys.stdin.readline().rstrip("\n")
