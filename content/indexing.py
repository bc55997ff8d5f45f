"""What Wagtail does behind each save, the search index and the index of references: once, when a long work is done.

A page that is created, filled, revised and published is saved five times, and each time both indexes are written
anew. Inside `once_at_the_end` each row is noted and indexed when the block ends; elsewhere at once, as ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django_tasks.backends.immediate import ImmediateBackend
from django_tasks.base import TaskResult

Key = tuple[str, tuple[object, ...]]  # name of the task, its arguments
_noted: ContextVar[dict[Key, TaskResult] | None] = ContextVar("noted", default=None)


class Backend(ImmediateBackend):
    """Runs Wagtail's own small tasks in the process that asks for them."""

    def _execute_task(self, task_result: TaskResult) -> None:
        """Now, or note it: of the same task with the same row the last is as good as all."""
        noted = _noted.get()
        if noted is None:
            super()._execute_task(task_result)
        else:
            noted[(task_result.task.module_path, tuple(task_result.args))] = task_result


@contextmanager
def once_at_the_end() -> Iterator[None]:
    """Index what is saved inside when the block ends well; where it raises, its rows are taken back anyhow.

    Call it inside a transaction, and search for nothing that is made inside.
    """
    token = _noted.set({})
    try:
        yield
        noted = _noted.get() or {}
    finally:
        _noted.reset(token)
    for result in noted.values():
        result.task.enqueue(*result.args, **result.kwargs)
