"""The plan of the model, lived: told to the product by its own functions, each thing at its own moment in the past.

world      who and what the plan's names mean in this database
joining    people come, and some leave
posting    mails are handed over to nobody, and their answers written down
issues     the mailings of issues, from the schedule to the end
doing      clicks, readings and downloads
walking    a look at the journeys
story      all of it in the order of time
"""
