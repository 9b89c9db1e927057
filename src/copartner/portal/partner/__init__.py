"""What people of a partner see."""
