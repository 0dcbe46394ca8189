"""Workloads beside their limit twins: small bare programs that do only the unavoidable part, in the same interleaved run."""
