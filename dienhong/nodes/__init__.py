"""Private server nodes on loopback, each with its own folder and port: for `make distributed` and for the tests."""
