"""What somebody would try who means no good: each was tried, and each case here fails without its mend."""
