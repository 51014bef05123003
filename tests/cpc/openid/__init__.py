"""Tests of sign-in through OpenID providers."""
