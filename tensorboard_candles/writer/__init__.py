"""The training process's side: from logged numbers to TensorBoard event files."""
