"""Lantern judged by what others wrote: `make conformance`."""
