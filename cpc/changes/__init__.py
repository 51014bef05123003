"""Changes: the outbox that triggers fill, the feed that programs follow, and webhooks that send it to them."""
