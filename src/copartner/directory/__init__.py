"""A customer's users, their roles and licences, as a partner administers them on the customer's behalf."""
