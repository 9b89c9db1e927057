"""Facts, actions and schema say the same."""

from copartner.policy import facts
from copartner.policy.actions import Action
from copartner.policy.plan import PLANS
from copartner.policy.schema import Attribute, Type
from support.rulebook import RULEBOOK

SCHEMA = RULEBOOK.schema


def test_actions_are_those_of_the_schema() -> None:
    assert set(Action) == set(SCHEMA.actions)


def test_enumerations_are_those_of_the_schema() -> None:
    for enum in (facts.Role, facts.Side, facts.Cloud, facts.Door):
        assert tuple(enum) == SCHEMA.enums[enum.__name__]


def _named(attribute: Attribute) -> tuple[str, bool]:
    held: Type = attribute.type
    many = held.name == "Set"
    if many:
        assert held.item is not None
        held = held.item
    return held.name, many


def test_attributes_are_those_of_the_schema() -> None:
    records = {"Facts"}
    for struct, plan in PLANS.items():
        if struct.__name__ in records:
            continue
        if plan.entity is not None:
            attributes = SCHEMA.entities[plan.entity]
        elif struct is facts.FactContext:
            attributes = SCHEMA.context.attributes
        else:
            attributes = SCHEMA.context.attributes[struct.__name__.lower()].type.attributes
        assert {field.key for field in plan.fields} == set(attributes), struct
        for field in plan.fields:
            name, many = _named(attributes[field.key])
            assert many == field.many
            assert attributes[field.key].optional == field.optional, (struct, field)
            assert name == ("Record" if field.kind == "record" else field.type)


def test_every_entity_type_has_a_struct() -> None:
    assert {plan.entity for plan in PLANS.values()} - {None} == set(SCHEMA.entities)
