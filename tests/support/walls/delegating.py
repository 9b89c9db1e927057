"""What partners and customers do about granular relationships."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from copartner.delegation import consent, service
from copartner.delegation.model import Asked, AutoExtend, Key
from copartner.delegation.roles import known
from support.walls.play import ADDRESSEES, BUYERS, PARTNERS, REPEATS, THINGS
from support.walls.running import Buying

ROLES = st.lists(st.sampled_from(tuple(known())), min_size=1, max_size=3)
DURATIONS = st.sampled_from(("P1D", "P30D", "P30D", "P1Y", "P2Y", "P25M"))
EXTENSIONS = st.sampled_from((AutoExtend.NOT, AutoExtend.NOT, AutoExtend.HALF_A_YEAR))
REPEATED = (
    *(consent.approve_relationship, consent.reject_relationship, consent.end_relationship),
    *(service.ask_for_approval, service.terminate_relationship),
)


class Delegating(Buying):
    """Granular relationships: partners draft, ask and end, customers answer and end."""

    @rule(
        who=PARTNERS,
        which=st.one_of(st.none(), st.none(), THINGS),
        whom=st.one_of(st.none(), ADDRESSEES),
        roles=ROLES,
        duration=DURATIONS,
        extend=EXTENSIONS,
    )
    def draft_granular(self, who: Any, which: Any, whom: Any, roles: Any, duration: str, extend: AutoExtend) -> None:
        """A new one, which an Admin agent asks for at once, or another text for one that is there."""
        asked = Asked(
            display_name=self.mark(),
            duration=duration,
            roles=tuple(roles),
            auto_extend=extend,
            customer_tenant_id=None if whom is None else self.addressee(who, whom),
        )
        if which is not None:
            self.partner(who, service.change_relationship, key=self._key(who, which), asked=asked)
            return
        made = self.partner(who, service.create_relationship, asked=asked)
        if made is not None and who[1] == "aa":
            self.partner(who, service.ask_for_approval, key=made.key)

    @rule(
        who=PARTNERS,
        which=THINGS,
        what=st.sampled_from(
            (
                *(service.read_relationship, service.delete_relationship, service.ask_for_approval),
                *(service.ask_for_approval, service.terminate_relationship),
            )
        ),
        repeat=REPEATS,
    )
    def move_on(self, who: Any, which: Any, what: Any, repeat: str | None) -> None:
        self.partner(who, what, repeat=repeat if what in REPEATED else None, key=self._key(who, which))
        page = self.partner(who, service.list_relationships)
        if page is not None:
            own = self.stage.partners[who[0]].id
            self.complete({it.id for it in page.items}, self.sold("admin_relationship", partner=own))

    @rule(
        who=BUYERS,
        place=st.integers(0, 7),
        what=st.sampled_from(
            (
                *(consent.approve_relationship, consent.approve_relationship, consent.reject_relationship),
                *(consent.end_relationship, consent.read_invitation),
            )
        ),
        repeat=REPEATS,
    )
    def answer_granular(self, who: Any, place: int, what: Any, repeat: str | None) -> None:
        asked = self._of("admin_relationship")
        row = asked[place % len(asked)] if asked else None
        key = Key(row.partner, row.id) if row and row.partner else Key(self._partner(place), self.new_id())
        self.buyer(who, what, repeat=repeat if what in REPEATED else None, key=key)

    def _key(self, who: Any, which: Any) -> Key:
        """Of a relationship, as `which` says; a misplaced one is a foreign one below the actor's own name."""
        own, (belonging, place) = self.stage.partners[who[0]].id, which
        rows = [row for row in self._of("admin_relationship") if (row.partner == own) == (belonging == "own")]
        if belonging == "unknown" or not rows:
            return Key(own, self.new_id())
        row = rows[place % len(rows)]
        return Key(own if belonging == "misplaced" or row.partner is None else row.partner, row.id)
