"""What tests stand on: real servers started for them, and a registry reached in each way it can be."""
