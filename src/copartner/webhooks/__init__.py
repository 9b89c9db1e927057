"""Events for other systems: written with what they tell of, delivered by the worker to an address of the tenant."""
