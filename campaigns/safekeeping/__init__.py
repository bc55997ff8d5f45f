"""Backup and restore: the whole installation in one file, and back again.

Words: an *archive* is a tar file with the database (as pg_dump's custom format), uploads, renditions, a *manifest*
that says what is inside, and digests of it all as its last member, so that a cut archive is noticed.
"""
