"""The use cases, one function each: (work, request) -> response, or what to answer once the change is in."""
