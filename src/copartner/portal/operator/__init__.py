"""What the operator does in a browser: tenants, catalogue, rules, announcements, and how the deployment stands."""
