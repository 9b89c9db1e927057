"""English."""

DAY = "{:%Y-%m-%d}"
SUBJECT_SOON = "{partner}: delegated admin relationship {name} ends on {day}"
SUBJECT_OVER = "{partner}: delegated admin relationship {name} has ended"
PARTNER_SOON = """\
The delegated admin relationship {name} with {customer} ends on {day} (UTC).

From then on your users have no access to this customer's tenant by it. If you still need access, ask the customer for a
new relationship before that day.
"""
PARTNER_OVER = """\
The delegated admin relationship {name} with {customer} ended on {day} (UTC).

Your users have no access to this customer's tenant by it any more. If you need access, ask the customer for a new
relationship. What you sold to the customer is not affected.
"""
CUSTOMER_SOON = """\
The delegated admin relationship {name}, by which {partner} has access to your tenant, ends on {day} (UTC).

You need not do anything. If {partner} still needs access after that day, it has to ask you for a new relationship.
"""
CUSTOMER_OVER = """\
The delegated admin relationship {name}, by which {partner} had access to your tenant, ended on {day} (UTC).

{partner} has no access to your tenant by it any more. What it sold to you is not affected.
"""
ASKING_SUBJECT = "{partner} asks to administer your tenant: {name}"
ASKING = """\
Dear Sir or Madam,

{partner} would like to work for you in your tenant. For that we ask you for these roles, for {duration}{extension}:

{roles}

A Global admin of your tenant reads here what that means, and approves it, offers less or refuses:

{link}

You can end it at any moment. It gives us no right over what others sold to you.

With kind regards
{partner}
"""
EXTENSION = ", then for 180 days more each time"
