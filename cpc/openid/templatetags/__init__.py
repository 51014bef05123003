"""Template tags of sign-in through a provider."""
