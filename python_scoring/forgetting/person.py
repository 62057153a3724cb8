"""A person, by all keys and names."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """A person.

    Args:
        advisor_crd: CRD number; None for a lead of whom none is known.
        lead_ids: Salesforce keys, in order.
        names: Given and family name, as delivered; for searching, never for printing.
        notes: What could not be looked up, in sentences.
    """

    advisor_crd: int | None
    lead_ids: tuple[str, ...]
    names: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()
