"""What needs a framework: one module for each, and no framework is imported anywhere else."""
