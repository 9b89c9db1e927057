"""What is done with tenants: knowing their side, and administering who and what is in them."""
