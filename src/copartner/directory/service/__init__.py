"""What a partner does in a customer's directory: users, their roles, their licences."""
