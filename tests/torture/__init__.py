"""Kills, full disks, many writers at once."""
