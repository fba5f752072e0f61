"""What may be asked: request and response models and the operations' rows, one light file per noun.

Importing a noun's file costs no store and no RDF; from the rows come the HTTP routes, the remote client, the
permission test and the reference pages.
"""
