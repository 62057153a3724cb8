"""Errors a user can meet. Each says what happened, why it matters, where, and how to mend it.

LeadScoringError
├── InputError
├── ArtifactError
├── RegistryError
├── TooFewPositivesError
├── WarehouseError
└── DeliveryError
"""


class LeadScoringError(Exception):
    """Base of every expected failure; the command line prints it, without a traceback.

    Args:
        what: What happened, one sentence.
        why: Why it matters: what would have gone wrong otherwise.
        where: File, table, row or column, as exact as is known.
        fix: What the user can do now.
    """

    def __init__(self, what: str, *, why: str = "", where: str = "", fix: str = "") -> None:
        self.what, self.why, self.where, self.fix = what, why, where, fix
        lines = [what]
        lines += [f"Why it matters: {why}"] if why else []
        lines += [f"Where: {where}"] if where else []
        lines += [f"Fix: {fix}"] if fix else []
        super().__init__("\n".join(lines))


class InputError(LeadScoringError):
    """A file, table or value that was handed in cannot be used as it is."""


class ArtifactError(LeadScoringError):
    """A model artifact is damaged, incomplete, or made for another version of this software."""


class RegistryError(LeadScoringError):
    """The registry has no such version, or refuses what was asked of it."""


class TooFewPositivesError(LeadScoringError):
    """A sample holds too few conversions for a usable estimate."""


class WarehouseError(LeadScoringError):
    """The warehouse cannot be read, or lacks a relation that a build would have made."""


class DeliveryError(LeadScoringError):
    """A destination refuses a request, cannot be reached, or did not finish in time."""
