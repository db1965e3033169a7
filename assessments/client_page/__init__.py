"""What the client page shows, made from one record: header, session card, charts, answers, notes.

Each module takes a ``queries.Record`` and gives plain values or safe markup to the template; none
of them reads the database.
"""
