"""Search: passages of every kind of record, over PostgreSQL full text, limited to what the reader may see."""
