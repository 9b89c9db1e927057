"""What needs somebody's attention soon, of one tenant, in one look."""
