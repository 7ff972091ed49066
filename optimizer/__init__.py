"""How the model is solved: backends in worker processes, settlement to whole money, explanation.

No spreadsheet and no page is imported here; solver libraries only in ``backends``, in their workers.
"""
