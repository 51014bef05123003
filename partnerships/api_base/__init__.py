"""The base of the REST endpoints of partnerships, with the partnership's own serializers."""
