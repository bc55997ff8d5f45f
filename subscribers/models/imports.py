"""Imports of people: how far each has come, so that a stopped one goes on where it was."""

from django.db import models
from django.utils import timezone


class ImportRun(models.Model):
    """One file brought in with one set of wishes; begun again with the same, it goes on."""

    key = models.CharField(max_length=64, unique=True)  # digest of the file's bytes and the wishes
    file_name = models.CharField(max_length=255)
    purpose = models.CharField(max_length=80)  # its key, frozen
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # {verdict: rows}, once it is finished

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.file_name


class ImportChunk(models.Model):
    """A part of a run that is done; its rows stand or fall with it. Dropped when the run is finished."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)  # {verdict: rows}
    refused = models.JSONField(default=list)  # [[line, reason]]: no address, no name

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="import_chunk_once")]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"
