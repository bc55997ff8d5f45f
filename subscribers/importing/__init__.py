"""How people from elsewhere become subscribers, with their consent and without a mail.

table      a CSV or XLSX file as rows of texts with their line
column     what a heading means for us: the address, a name, a status, a date
standing   what the other system says of a person: agrees, left, bounced, …
verdict    what becomes of a row here, once our own people and suppressions were asked
chunk      so many rows merged in one transaction; the checkpoint of an import
refused    rows that did not come in, with their line and the reason; written to a file of their own
"""
