"""What runs inside nbgrader and Jupyter: their extensions and configuration."""
