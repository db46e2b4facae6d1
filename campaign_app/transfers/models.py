"""What there is; filled by its part."""
