"""The test suite, laid out as the apps are."""
