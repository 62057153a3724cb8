"""The destinations that `lead-scoring sync` offers: one line each."""

from importlib import import_module

from python_scoring.destinations.channel import Destination

DESTINATIONS = {
    "salesforce": "python_scoring.destinations.salesforce.destination:Salesforce",
}


def open_destination(name: str) -> Destination:
    """Import a destination by its name, with the settings that it finds in the environment."""
    module, attribute = DESTINATIONS[name].split(":")
    destination: Destination = getattr(import_module(module), attribute)()
    return destination
