"""What services refuse, in the words of the pages: a form has no `displayName`, and a person no API."""

from collections.abc import Mapping

from copartner.kernel.errors import Refusal
from copartner.portal.refusing import reworded
from copartner.portal.speaking import word

# How a service's message begins, and what a page says instead.
SAID = (
    ("displayName: send 1 to", word("Give it a name of 1 to 50 characters.")),
    ("displayName: another relationship", word("Another relationship of yours has this name; choose another one.")),
    ("displayName: send a name", word("Give a name.")),
    ("Name at least one role", word("Tick at least one role.")),
    (
        "autoExtendDuration: a relationship with Global Administrator",
        word("With Global Administrator it is never extended: leave out the role or the extension."),
    ),
    ("customer: a partner has no relationship", word("Your own tenant cannot be the customer; choose another.")),
    ("customer.tenantId: no tenant", word("No tenant has this identifier; choose another customer.")),
    ("customerTenantId: no tenant", word("No tenant has this identifier; choose another customer.")),
    ("There is no such indirect reseller", word("This is no indirect reseller of yours (any more).")),
    ("accessContainer: this group has roles", word("This group has roles of it already: change those.")),
    ("accessContainer.accessContainerId: no group", word("Your company has no such group (any more).")),
    ("This relationship has no such assignment", word("The group has no roles of it any more.")),
    ("userPrincipalName has to be", word("Before the @ come 1 to 64 letters, digits, dots, dashes and underscores.")),
    ("Another user has this sign-in name", word("Another user signs in by this name; choose another one.")),
    ("usageLocation: send a country", word("Send the country by its two letters, as in DE.")),
    (
        "This is the tenant's last enabled Global admin",
        word("This is the last Global admin who can sign in there; make another one first."),
    ),
    ("Every licence of", word("A licence you ticked is given to somebody else by now. Nothing was changed.")),
    ("licensesToAssign: the customer has no licences", word("The customer has none of what you ticked any more.")),
    ("licensesToRemove: the user has no licence", word("The user has no such licence any more; look again.")),
    ("The user is deleted", word("The user is deleted; restore it first.")),
    ("Others are changing the same things", word("Somebody is changing the same thing; send it again.")),
)


def told(refusal: Refusal) -> Refusal:
    """The refusal with what a page says of it, where that is written down."""
    return reworded(refusal, next((words for begins, words in SAID if refusal.message.startswith(begins)), None))


def worded(refusal: Refusal, words: Mapping[type[Refusal], str]) -> Refusal:
    """The refusal as a room says it, by the texts of its classes."""
    return reworded(refusal, next((words[kind] for kind in type(refusal).__mro__ if kind in words), None))
