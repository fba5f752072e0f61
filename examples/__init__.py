"""The example sources, and the program that holds the registry against the example organisation's gold."""
