"""Granular delegated admin: what a partner may be in a customer's tenant, asked for, approved, bounded and ended."""
