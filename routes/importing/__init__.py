"""Files of segments and stops that the desk brings in: read, compared with what there is, looked at, then taken or not.

`files` reads (pure, through GeoPandas), `comparing` says what each row would do, `taking` does it in one transaction.
"""
