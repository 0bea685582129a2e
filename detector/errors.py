"""What can go wrong, as one tree.

    DetectorError
    ├── InputError       a brief, a pair file or an option that cannot be used
    ├── ActorsError      an actor table that does not hold together
    └── ModelError       a model folder that is missing, damaged or of the wrong kind

The message of each is one line that names the culprit and the remedy; the commands print it
to stderr and exit with 2.
"""


class DetectorError(Exception):
    """Base of all errors that the caller can mend."""


class InputError(DetectorError):
    """An input that cannot be read, or a setting out of range."""


class ActorsError(DetectorError):
    """An actor table that breaks its schema."""


class ModelError(DetectorError):
    """A model that cannot be loaded."""
