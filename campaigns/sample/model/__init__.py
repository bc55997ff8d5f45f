"""The sample's model of behaviour: drawn by a seed, counted back from a day, without a database.

calendar   when issues left and what stands in them; when journeys were looked at
readers    who the invented people are
acts       which mail reached whom, and what they did with it
walks      how they fared in the journeys
plan       all of it together
truths     what the reports must say when the plan was lived
"""
