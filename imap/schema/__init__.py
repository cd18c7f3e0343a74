"""What migrations know of the models, and whether a database was made by them."""
