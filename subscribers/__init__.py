"""Who the readers are, what they agreed to, what they did.

subscriber   a person with an address
purpose      something one may agree to: a newsletter, tracking, profiling, the phone
consent      one step of a permission for one purpose, append-only, with its proof
permission   what the consents of one person and purpose add up to now (derived)
suppression  a keyed digest of an address that must not be written to, and why
signup       one request on a form that waits for its confirmation
mail request a service mail that this room asks for; the campaigns room turns it into one delivery
event        one thing that a person did or that happened to them, append-only
facts        what the events of one person add up to (derived)
segment      a rule that describes people
grant        a person's right to one resource
"""
