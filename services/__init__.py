"""The five services that own the facts, and the directory of bodies and people; they meet only through messages."""
