"""What can go wrong for a user, each in one line; the command turns them into exit codes."""


class Refused(ValueError):
    """Wrong arguments or input that cannot be read; nothing was changed (exit code 2)."""


class Violation(ValueError):
    """Data that break their schema or an accounting identity: no result of theirs is to be trusted (exit code 1)."""


class Hole(LookupError):
    """A figure that data/coverage.csv declares as held is missing; what needs it makes the report incomplete."""
