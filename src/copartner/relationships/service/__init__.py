"""Requests of partners, answers of customers, and the relationships between them."""
