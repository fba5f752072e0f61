"""The ground: RDF terms in canonical form, documents in every syntax, and patches between two states."""
