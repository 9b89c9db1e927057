"""Who may do what and what the programme allows: the only door to the rules."""
