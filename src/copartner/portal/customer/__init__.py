"""What people of a customer see."""
