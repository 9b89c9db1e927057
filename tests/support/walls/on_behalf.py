"""What partners do in customers' directories, and how they give their own people powers there."""

from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from copartner.command.context import Caller
from copartner.delegation import assigning, reading
from copartner.delegation.model import Key
from copartner.directory.model import NewUser, Password, Units, UserChange
from copartner.directory.service import licences, roles, users
from copartner.policy.facts import Cloud
from copartner.tenants.service import groups
from support.delegated import GLOBAL_ADMINISTRATOR, HELPDESK, LICENCES, READER, USERS, Delegated
from support.walls.delegating import ROLES, Delegating
from support.walls.directories import READS, directories
from support.walls.granular import EVE
from support.walls.judge import administered, looked_into
from support.walls.play import PARTNERS, REPEATS, THINGS, Service
from support.walls.snapshot import rows

# Whose directory: of somebody who delegates to the partner, does so to others alone, did so before, or of anybody.
DIRECTORIES = st.sampled_from((*("own",) * 5, "borrowed", "borrowed", *("former",) * 4, 0, 1, 2, "partner", "unknown"))
PEOPLE = st.tuples(st.sampled_from(("theirs", "theirs", "theirs", "theirs", "ours", "unknown")), st.integers(0, 7))
MEMBERS = st.tuples(st.sampled_from(("own", "own", "foreign", "group", "unknown")), st.integers(0, 7))
HANDS = st.tuples(st.integers(0, 3), st.sampled_from(("aa", "aa", "aa", "hd", "hd", "sa", "sa", "app")))
MANAGERS = st.tuples(st.integers(0, 3), st.sampled_from(("ga", "ga", "um", "aa")))
# Roles of the relationship, or whatever comes.
WITHIN = st.sampled_from((True, True, False))
# What a partner has at a customer to begin with, by both: privileges of the whole tenant, these roles for its Sales and
# Helpdesk agents, or the privileges taken back.
BEGINNINGS: tuple[tuple[UUID, ...] | None, ...] = (None, (USERS, LICENCES), (), (HELPDESK, READER))
AT_CUSTOMER = (users.list_users, roles.list_roles, roles.list_members, licences.list_licences)
OF_USER = (users.read_user, roles.list_user_roles, licences.list_user_licences)
GIVEN = (GLOBAL_ADMINISTRATOR, USERS, HELPDESK, READER)
TITLES = ("Office 365 Basic", "Office 365 Enterprise")
PASSWORD = Password("Abc-12345")
TO_PEOPLE = ("make", "make", "rename", "rename", "password", "delete", "restore")
TO_MEANS = ("give-role", "take-role", "give-licence", "give-licence", "take-licence")
REPEATED = (users.create_user, roles.give_role, licences.update_licences)


class OnBehalf(Delegating):
    """Assignments and groups of partners, and what their people do with them in the directories of customers."""

    def __init__(self) -> None:
        super().__init__()
        self._look_around()

    def _look_around(self) -> None:
        stage = self.stage
        self.judge.rows = stage.run(rows(stage.owner, stage.tenants))
        self.directories = stage.run(directories(stage.owner, stage.tenants))

    def start(self, who: tuple[int, str], customer: int) -> None:
        """An approval of one kind or another."""
        super().start(who, customer)
        given = BEGINNINGS[(who[0] + customer) % len(BEGINNINGS)]
        granular = self.stage.now > EVE and self.cloud is Cloud.COMMERCIAL
        if given == () or (given and granular):
            self.stage.run(self._delegate(who[0], customer, given))
        self._look_around()

    async def _delegate(self, partner: int, customer: int, given: tuple[UUID, ...]) -> None:
        stage = self.stage
        names = (it.domain.removesuffix(".example") for it in (stage.partners[partner], stage.customers[customer]))
        pair = Delegated(stage.programme, stage.owner, *names)
        if not given:
            await pair.privileges(given=False)
            return
        group = await pair.group(self.mark(), pair.user("sa"), pair.user("hd"))
        await pair.assign(await pair.relationship(*given), group, *given)

    def _judge(self, answer: Any, caller: Caller) -> None:
        super()._judge(answer, caller)
        stage, before = self.stage, self.directories
        self.directories = stage.run(directories(stage.owner, stage.tenants))
        with self.watching():
            administered(before, self.directories, caller=caller, now=stage.now, rules=stage.walls.rules)

    @rule(who=PARTNERS, which=THINGS, container=THINGS, wished=ROLES, within=WITHIN, repeat=REPEATS)
    def assign(self, who: Any, which: Any, container: Any, wished: Any, within: bool, repeat: str | None) -> None:
        who = self._owner(who, which, "admin_relationship")
        key = self._key(who, which)
        self.partner(
            *(who, assigning.create_assignment),
            repeat=repeat, key=key, group_id=self.thing("directory_group", who, container)[1],
            roles=self._wished(key, wished, within=within),
        )  # fmt: skip

    @rule(
        who=PARTNERS,
        which=THINGS,
        what=st.sampled_from(("change", "change", "take", "look")),
        wished=ROLES,
        within=WITHIN,
    )
    def reassign(self, who: Any, which: Any, what: str, wished: Any, within: bool) -> None:
        who = self._owner(who, which, "access_assignment")
        key, assignment = self._assignment(who, which)
        match what:
            case "change":
                given = self._wished(key, wished, within=within)
                self.partner(who, assigning.change_assignment, key=key, assignment_id=assignment, roles=given)
            case "take":
                self.partner(who, assigning.delete_assignment, key=key, assignment_id=assignment)
            case "look":
                self.partner(who, reading.list_assignments, key=key)
                self.partner(who, reading.read_assignment, key=key, assignment_id=assignment)

    @rule(
        who=MANAGERS,
        which=THINGS,
        member=MEMBERS,
        what=st.sampled_from(("join", "join", "leave", "leave", "leave", "make")),
    )
    def regroup(self, who: Any, which: Any, member: Any, what: str) -> None:
        group = self.thing("directory_group", who, which)[1]
        match what:
            case "make":
                self.partner(who, groups.create_group, name=self.mark())
            case "join":
                self.partner(who, groups.add_member, group_id=group, member_id=self._member(who, member))
            case "leave":
                inside = self.directories.members(group) or [self.new_id()]
                self.partner(who, groups.remove_member, group_id=group, member_id=inside[member[1] % len(inside)])

    @rule(who=HANDS, whom=DIRECTORIES, person=PEOPLE, what=st.sampled_from(TO_PEOPLE), repeat=REPEATS)
    def administer(self, who: Any, whom: Any, person: Any, what: str, repeat: str | None) -> None:
        self._act(who, whom, person, what, repeat)

    @rule(who=HANDS, whom=DIRECTORIES, person=PEOPLE, what=st.sampled_from(TO_MEANS), repeat=REPEATS)
    def equip(self, who: Any, whom: Any, person: Any, what: str, repeat: str | None) -> None:
        self._act(who, whom, person, what, repeat)

    def _act(self, who: Any, whom: Any, person: Any, what: str, repeat: str | None) -> None:
        who, customer = self._directory(who, whom, person[1])
        service, named = self._deed(what, customer, self._person(who, customer, person), person[1])
        self.partner(who, service, repeat=repeat if service in REPEATED else None, customer_id=customer, **named)

    @rule(who=HANDS, whom=DIRECTORIES, person=PEOPLE, service=st.sampled_from((*AT_CUSTOMER, *OF_USER)))
    def look_into(self, who: Any, whom: Any, person: Any, service: Service) -> None:
        who, customer = self._directory(who, whom, person[1])
        named: dict[str, Any] = {"user_id": self._person(who, customer, person)} if service in OF_USER else {}
        if service is roles.list_members:
            named = {"role_id": GLOBAL_ADMINISTRATOR}
        answer = self.partner(who, service, customer_id=customer, **named)
        # Which roles there are is alike in every directory.
        if answer is None or service is roles.list_roles:
            return
        with self.watching():
            looked_into(
                *(self.directories, answer), customer=customer, caller=self.agent(who).caller, now=self.stage.now,
                needed=READS if self.stage.walls.rules else None,
            )  # fmt: skip
        if service is licences.list_licences:
            self.complete(*self._summed(answer, customer))

    def _summed(self, answer: tuple[Units, ...], customer: UUID) -> tuple[set[Any], set[Any]]:
        """What was told of licences, and what may be told: the units of a SKU of all sellers together."""
        asked = """SELECT product_id || ':' || sku_id AS name, sum(quantity) FILTER (WHERE status = 'active') AS active
            FROM subscription WHERE customer_tenant_id = $1 AND kind = 'license'
            AND status NOT IN ('pending', 'deleted') GROUP BY product_id, sku_id"""
        summed = {(it["name"], it["active"] or 0) for it in self.stage.run(self.stage.owner.fetch(asked, customer))}
        told = {(it.sku.name, it.active) for it in answer}
        return told, summed if told else set()

    def _wished(self, key: Key, wished: list[UUID], *, within: bool) -> tuple[UUID, ...]:
        return (self.directories.roles_of(key.id) if within else ()) or tuple(wished)

    def _assignment(self, who: Any, which: Any) -> tuple[Key, UUID]:
        """Of an assignment, as `which` says; a misplaced one is a foreign one below an own relationship."""
        own, (belonging, place) = self.stage.partners[who[0]].id, which
        rows = [row for row in self._of("access_assignment") if (row.partner == own) == (belonging == "own")]
        if belonging == "unknown" or not rows:
            return self._key(who, which), self.new_id()
        row = rows[place % len(rows)]
        if belonging == "misplaced":
            return self._key(who, ("own", place)), row.id
        return self.directories.relationship_of(row.id), row.id

    def _member(self, who: Any, member: Any) -> UUID:
        belonging, place = member
        match belonging:
            case "own" | "foreign":
                staff = [user.id for user in self.stage.partners[(who[0] + (belonging == "foreign")) % 4].users]
                return staff[place % len(staff)]
            case "group":
                return self.thing("directory_group", who, ("own", place))[1]
        return self.new_id()

    def _owner(self, who: Any, which: Any, kind: str) -> Any:
        """Who acts on an own row of that kind: a user of a partner that has one, where there is such a partner."""
        having = [place for place, it in enumerate(self.stage.partners) if self.sold(kind, partner=it.id)]
        if which[0] != "own" or not having or who[0] in having:
            return who
        return having[which[1] % len(having)], who[1]

    def _directory(self, who: Any, whom: Any, place: int) -> tuple[Any, UUID]:
        """Who acts and where: a partner at a tenant that delegates to it, or not any more, or only to others."""
        if isinstance(whom, int) or whom in ("partner", "unknown"):
            return who, self.addressee(who, whom)
        stage = self.stage
        pairs = {(acting, it.id) for acting in range(len(stage.partners)) for it in stage.customers}
        approved = {
            (acting, customer) for acting, customer in pairs
            if self.directories.delegates(customer, stage.partners[acting].id, stage.now)
        }  # fmt: skip
        match whom:
            case "own":
                pairs = approved
            case "former":
                pairs = {
                    pair
                    for pair in pairs - approved
                    if self.sold("reseller_relationship", customer=pair[1], partner=stage.partners[pair[0]].id)
                }
            case "borrowed":
                pairs = {pair for pair in pairs - approved if any(pair[1] == customer for _, customer in approved)}
        found = sorted([pair for pair in pairs if pair[0] == who[0]] or pairs)
        if not found:
            return who, stage.customers[place % 3].id
        acting, customer = found[place % len(found)]
        return (acting, who[1]), customer

    def _person(self, who: Any, customer: UUID, person: Any) -> UUID:
        whose, place = person
        tenant = self.stage.partners[who[0]].id if whose == "ours" else customer
        found = self.directories.users(tenant)
        return self.new_id() if whose == "unknown" or not found else found[place % len(found)]

    def _deed(self, what: str, customer: UUID, user: UUID, place: int) -> tuple[Service, dict[str, Any]]:
        """The service, and what it is told beside the customer."""
        of_user = {"user_id": user}
        sku = self.stage.item(TITLES[place % len(TITLES)], customer).rpartition(":")[0]
        role = GIVEN[place % len(GIVEN)]
        match what:
            case "make":
                domain = next((it.domain for it in self.stage.customers if it.id == customer), "nowhere.example")
                self._serial += 1
                return users.create_user, {"new": NewUser(f"person{self._serial}@{domain}", "Person", PASSWORD)}
            case "rename":
                self._serial += 1
                return users.change_user, {**of_user, "change": UserChange(display_name=f"Person {self._serial}")}
            case "restore":
                return users.change_user, {**of_user, "change": UserChange(restore=True)}
            case "password":
                return users.reset_password, {**of_user, "password": PASSWORD}
            case "delete":
                return users.delete_user, of_user
            case "give-role":
                return roles.give_role, {**of_user, "role_id": role}
            case "take-role":
                return roles.take_role, {**of_user, "role_id": role}
        return licences.update_licences, {**of_user, "give" if what == "give-licence" else "take": (sku,)}
