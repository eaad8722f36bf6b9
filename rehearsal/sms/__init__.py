"""Stand-ins for the providers of SMS: one phone for all of them, and each one's own wire format.

Start reading at `stand_in.py`. None of this knows `connectors/`: a mistake made on both sides would hide.
"""
