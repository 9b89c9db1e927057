"""Who can do what in a customer's tenant: seen, explained, made less, and taken back."""
