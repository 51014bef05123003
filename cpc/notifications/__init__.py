"""What somebody should know: the inbox of each account, and one mail a day at most that says what came in."""
