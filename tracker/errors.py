"""The errors this project raises on purpose.

TrackerError              something failed that the user should read about; exit code 1
├── InputError            bad configuration, argument or input file; exit code 2
│   └── SettingError      a key of the configuration that turns out wrong only when it is used
├── SourceError           a source of papers failed; the run goes on with the others
└── TargetError           the pull request could not be written
"""


class TrackerError(Exception):
    """A failure explained in one sentence; shown without a traceback."""

    exit_code = 1


class InputError(TrackerError):
    """Bad input: the sentence names the file, the key and the remedy."""

    exit_code = 2


class SettingError(InputError):
    """A setting in itself well formed, and wrong for the list, the disk or the index it meets.

    The sentence begins with the key. Whoever raises it knows the settings and not their file; the
    command, which does, puts the file's name before the sentence.
    """


class SourceError(TrackerError):
    """A source could not be read.

    `source` is its name, `url` the address last asked (empty where there is none) and
    `attempt` how many times it was asked.
    """

    def __init__(self, source: str, reason: str, *, url: str = "", attempt: int = 1) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason
        self.url = url
        self.attempt = attempt


class TargetError(TrackerError):
    """The target of the proposals (GitHub or a local checkout) refused or failed."""
