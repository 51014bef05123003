"""The reviewer's workbench: evidence, position, and notes of an agency on each candidate that it is asked about."""
