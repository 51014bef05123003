"""Base classes of the REST endpoints of partnerships, and the partnership's own serializers."""
