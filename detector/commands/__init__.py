"""One module a command, each with `add_parser(subparsers)` and `run(options) -> int`."""
