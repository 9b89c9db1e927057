"""A running world under the names of the commercial cast, whatever its cloud."""

from dataclasses import dataclass

from support.up import Emulator, Person

GLOBAL_ADMIN, ADMIN_AGENT, SALES_AGENT = "Global admin", "Admin agent", "Sales agent"
GOVERNMENT = {
    "alpenblick": "sagebrush",
    "nordlicht": "cedarline",
    "wolkenwerk": "copperhill",
    "suedwind": "southfork",
    "nordlicht-internal": "cedarline-internal",
    "fjord": "inlet",
    "hafen": "harborview",
    "operator": "operator",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """An emulator at one date in one cloud, its cast by the names of the commercial world."""

    up: Emulator
    cloud: str
    date: str

    def name(self, who: str) -> str:
        """The tenant's name in this cloud."""
        return GOVERNMENT[who] if self.cloud == "us-government" else who

    def id(self, who: str) -> str:
        """A tenant's id."""
        return self.up.id(self.name(who))

    def as_(self, role: str, who: str) -> Person:
        """A user with a role."""
        return self.up.person(role, self.name(who))

    @property
    def country(self) -> str:
        """Where everybody is."""
        return "US" if self.cloud == "us-government" else "DE"

    @property
    def agreements(self) -> bool:
        """Whether there is a customer agreement in this cloud."""
        return self.cloud == "commercial"

    @property
    def privileges_come(self) -> bool:
        """Whether delegated admin privileges can come with a relationship."""
        return self.cloud == "us-government" or self.date < "2023-10-09"
