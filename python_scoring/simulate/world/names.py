"""Names of people and firms, put together from syllables; any likeness is an accident."""

from itertools import product

import numpy as np

FIRST_SYLLABLES = (
    "Bel",
    "Cor",
    "Dav",
    "El",
    "Fen",
    "Gal",
    "Hal",
    "Ilv",
    "Jor",
    "Kes",
    "Lun",
    "Mor",
)
FIRST_ENDINGS = ("a", "an", "eth", "iel", "in", "is", "o", "ora", "us", "yn")
LAST_SYLLABLES = (
    "Ar",
    "Bran",
    "Cal",
    "Dun",
    "Esk",
    "Far",
    "Gren",
    "Hol",
    "Ing",
    "Kor",
    "Lin",
    "Mar",
)
LAST_MIDDLES = ("a", "be", "di", "fo", "ki", "la", "ne", "ro", "su", "ve")
LAST_ENDINGS = ("by", "dale", "ford", "gard", "holt", "mere", "ner", "rick", "sted", "wyn")
FIRM_STARTS = ("Al", "Bor", "Cres", "Dor", "Ever", "Fal", "Gil", "Hav", "Ith", "Jas", "Kel", "Lor")
FIRM_MIDDLES = ("a", "en", "i", "o", "um", "and", "ery", "ing", "is", "ol")
FIRM_ENDINGS = (
    "brook",
    "crest",
    "field",
    "gate",
    "line",
    "mark",
    "point",
    "ridge",
    "stone",
    "vale",
)
FIRM_KINDS = (
    "Advisers",
    "Advisory Group",
    "Asset Management",
    "Capital",
    "Financial Partners",
    "Investments",
    "Private Wealth",
    "Securities",
    "Wealth Management",
    "Wealth Partners",
)


def first_names() -> list[str]:
    """All invented first names."""
    return _combined(FIRST_SYLLABLES, FIRST_ENDINGS)


def last_names() -> list[str]:
    """All invented last names."""
    return _combined(LAST_SYLLABLES, LAST_MIDDLES, LAST_ENDINGS)


def firm_names(rng: np.random.Generator, count: int) -> list[str]:
    """Names of `count` firms, in random order; numbered from the second round on."""
    roots = _combined(FIRM_STARTS, FIRM_MIDDLES, FIRM_ENDINGS)
    names = [f"{root} {kind}" for root, kind in product(roots, FIRM_KINDS)]
    order = rng.permutation(len(names))
    return [
        names[order[number % len(names)]]
        + (f" {number // len(names) + 1}" if number >= len(names) else "")
        for number in range(count)
    ]


def _combined(*syllables: tuple[str, ...]) -> list[str]:
    """Every combination of one syllable from each tuple."""
    return ["".join(parts) for parts in product(*syllables)]
