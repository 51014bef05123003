"""Pages of templates, and of the documents that are made with them."""
