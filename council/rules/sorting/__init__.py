"""How a report is read and weighed: words, sentences, the contest of rulings, rows and tests, and emergencies.

The words, rows and rulings are data in `council/rules/data/`; `council.rules.triage` gives the suggestion.
"""
