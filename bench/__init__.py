"""How fast Lantern is, measured against the least that could do the same work at all."""
