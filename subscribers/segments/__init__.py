"""Segments: rules that describe people.

rule    a tree of conditions, kept as JSON, read into frozen dataclasses by `rules`
sets    a rule as a queryset, by the ORM alone
one     a rule held against one person
words   a rule as a sentence
"""
