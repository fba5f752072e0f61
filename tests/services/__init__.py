"""The use cases, through the gate, in every way there is to it."""
