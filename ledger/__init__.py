"""The provable log: a Merkle tree over every recorded event, checkpoints signed by us and cosigned by witnesses.

Pure: `tree`, `leaf`, `note`, `receipt`, `policy`. `tiles` reads and writes the tree's hashes, `store` keeps them beside
the log, `book` follows the log and signs, `witness` cosigns what other deployments sign.
"""
