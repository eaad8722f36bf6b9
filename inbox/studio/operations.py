"""What a designer can do to the data, each as a value that can be sent, kept and told.

An operation carries what the designer saw of the very thing that it changes. Whatever else somebody changed
meanwhile stays; if that thing itself is another by now, the operation raises `Differs` and changes nothing.
"""

from inbox.studio.shaping import MoveDialogue, PutDialogue, PutEntity, PutNamed
from inbox.studio.teaching import (
    AddExamples,
    ChangeExample,
    DeleteExamples,
    DeleteList,
    MoveExamples,
    Rename,
)

AnyOperation = (
    AddExamples
    | ChangeExample
    | DeleteExamples
    | MoveExamples
    | DeleteList
    | Rename
    | PutNamed
    | PutEntity
    | PutDialogue
    | MoveDialogue
)
