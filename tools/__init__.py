"""What the Makefile calls: none of it is part of the running application."""
