"""People and agencies: who is invited, what they may do, for whom they speak, and when their access ends."""
