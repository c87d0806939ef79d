"""How to make a valid request of every operation: one recipe each, with ids of resources that the test has made.

An operation that is added to the server is covered once its recipe stands in one of these files; conformance_test.py
fails when an operation that is built has none."""
# Importing them writes the book.
import recipes_of_account  # noqa: F401
import recipes_of_brand  # noqa: F401
import recipes_of_people  # noqa: F401
import recipes_of_videos  # noqa: F401
from recipe_book import RECIPES, World  # noqa: F401
