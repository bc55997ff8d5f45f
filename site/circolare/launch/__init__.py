"""The launcher: everything that `make demo` and `make test` need, started and stopped by one process.

Words: a *child* is a process that the launcher started and will stop; the *guard* is a small process that ends
the children when the launcher itself was killed; *embedded* servers are PostgreSQL and Valkey from wheels, run
from `var/`; a *refusal* is a sentence that says why nothing was started and what to do.
"""
