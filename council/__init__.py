"""Software with which a neighbourhood governs itself."""

__version__ = "0.1.0"
