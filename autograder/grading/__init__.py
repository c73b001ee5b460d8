"""From what a class handed in to grades, feedback pages and a journal."""
