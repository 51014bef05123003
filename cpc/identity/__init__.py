"""Second factors: passkeys and codes, what a session may do with them, and confirming that it is still its owner's."""
