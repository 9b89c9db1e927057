"""English."""

SUBJECT = "{partner} would like to work with you"
BODY = """\
Dear customer,

{partner} would like to be one of your partners, so that we can sell to you and look after what we \
sold to you. Nothing that you have today changes by this, whoever sold it, and your other partners \
stay as they are.

{reason}{privileges}To answer, a Global admin of your organisation opens the link below, signs in, and accepts or \
declines.

Kind regards
{sender}
{partner}
"""
REASON = """\
Why we ask: {reason}

"""
PRIVILEGES = """\
We also ask for delegated admin privileges, by which our agents may administer your tenant. You can \
take them back at any moment.

"""
LINK = "Answer here: {link}"
SIGNED = """\
Sent by copartner for {sender} at {partner} ({domain}, partner number {mpn_id}).
Answers to this letter reach nobody."""
