"""What we send, to whom, when, and what came of it.

newsletter  a publication people subscribe to
issue       one edition of a newsletter: a page with a web archive
email       a reusable message without a page, used by journeys
mailing     the act of sending one message to an audience; a standing one does not end
delivery    one mail of one mailing to one person: the ledger's row
accepted    the next server took the mail; only a report can say "delivered"
account     a way out: a transport with its own speed and connections
journey     a graph of steps; a version is its frozen form
run, lap    one person's way through a journey; one time round a loop
passage     one visit of one run to one step
"""
