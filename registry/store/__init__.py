"""The journal and everything that is projected from it: the only place that knows SQL and the disk."""
