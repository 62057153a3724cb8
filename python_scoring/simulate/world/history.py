"""One world, made once over its whole horizon, to be delivered on any day of it."""

from collections.abc import Callable
from dataclasses import dataclass

from python_scoring.arrays import Flags, Integers
from python_scoring.simulate.request import WorldRequest
from python_scoring.simulate.world import names
from python_scoring.simulate.world.careers import simulate_careers
from python_scoring.simulate.world.firms import MONTHS, Firms, draw_firms
from python_scoring.simulate.world.leads import Leads, draw_leads
from python_scoring.simulate.world.outcomes import Outcomes, draw_outcomes, recruit
from python_scoring.simulate.world.registrations import Registrations, draw_registrations
from python_scoring.simulate.world.situation import Situation, situation_at_contact

STEPS = MONTHS // 12 + 4
"""How often `world_without_faults` reports progress."""


@dataclass(frozen=True)
class People:
    """Identity of the advisors, each array of shape (advisors,).

    Args:
        crd: Identifier, in random order.
        first_name: Positions in `names.first_names()`.
        last_name: Positions in `names.last_names()`.
        is_producing: False for the few whom the vendor lists without business of their own.

    """

    crd: Integers
    first_name: Integers
    last_name: Integers
    is_producing: Flags


@dataclass(frozen=True)
class World:
    """The full history of the world; the snapshot decides what is visible when.

    Args:
        request: What was asked for.
        people: The advisors.
        firms: The firms.
        firm_names: One for each firm.
        registrations: All registrations, with the days on which the vendor learns of them.
        leads: The leads and their contact days.
        situation: What was knowable about each contacted lead at contact.
        outcomes: The truth about each lead.

    """

    request: WorldRequest
    people: People
    firms: Firms
    firm_names: list[str]
    registrations: Registrations
    leads: Leads
    situation: Situation
    outcomes: Outcomes


def world_without_faults(
    request: WorldRequest, advance: Callable[[], None] = lambda: None
) -> World:
    """Make a world, whatever faults the request plans; `advance` is called `STEPS` times."""
    firms = draw_firms(request)
    advance()
    careers = simulate_careers(request, firms, advance)
    leads = draw_leads(request, careers)
    situation = situation_at_contact(careers, firms, leads)
    advance()
    outcomes = draw_outcomes(request, leads, situation)
    careers = recruit(request, careers, firms, leads, outcomes)
    advance()
    registrations = draw_registrations(request, careers, firms)
    people, firm_names = _name_everybody(request, firms)
    advance()
    return World(request, people, firms, firm_names, registrations, leads, situation, outcomes)


def _name_everybody(request: WorldRequest, firms: Firms) -> tuple[People, list[str]]:
    """Draw identifiers and names for advisors and firms."""
    rng = request.stream("names")
    count = request.advisors
    people = People(
        crd=1_000_000 + rng.permutation(count) * 8 + rng.integers(0, 8, count),
        first_name=rng.integers(0, len(names.first_names()), count),
        last_name=rng.integers(0, len(names.last_names()), count),
        is_producing=rng.random(count) >= 0.03,
    )
    return people, names.firm_names(rng, firms.crd.size)
