"""A CNN on Fashion-MNIST, steered from the tab while it trains: `make demo-live`."""
