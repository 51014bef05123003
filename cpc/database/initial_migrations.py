"""Autodetector that orders operations so that an app's first migration creates each table complete."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import TopologicalSorter

from django.db.migrations import AddField, CreateModel, Migration
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.operations.base import Operation
from django.db.migrations.optimizer import MigrationOptimizer


class Autodetector(MigrationAutodetector):
    """Django's autodetector with another order of operations in a first migration.

    Django adds many foreign keys, indexes, and constraints after the last table. `migrate` rebuilds the classes of
    nearly all models for each of these operations, which takes longer than creating all tables.
    """

    def arrange_for_graph(
        self, changes: dict[str, list[Migration]], graph: MigrationGraph, migration_name: str | None = None
    ) -> dict[str, list[Migration]]:
        """Number and name the migrations as Django does, after reordering the first ones."""
        for app_label, migrations in changes.items():
            for migration in migrations:
                if migration.initial:
                    joined = MigrationOptimizer().optimize(self._by_table(app_label, migration.operations), app_label)
                    migration.operations = joined  # type: ignore[misc]  # the autodetector sets it on instances, too
        return super().arrange_for_graph(changes, graph, migration_name)

    def _by_table(self, app_label: str, operations: Iterable[Operation]) -> list[Operation]:
        """Sort by table, each after those that it refers to: the optimizer then merges the operations of one table.

        Many-to-many fields come last, after their `through`. Raises `CycleError` if tables refer to each other in a
        circle.
        """
        tables: dict[str, list[Operation]] = {}
        last: list[Operation] = []
        for operation in operations:
            name = operation.name if isinstance(operation, CreateModel) else vars(operation)["model_name"]
            is_last = isinstance(operation, AddField) and operation.field.many_to_many
            (last if is_last else tables.setdefault(name.lower(), [])).append(operation)
        sorter = TopologicalSorter(dict.fromkeys(sorted(tables), ()))
        for name in tables:
            for (referring_app, referring), fields in self.to_state.relations[app_label, name].items():
                is_by_key = any(not field.many_to_many for field in fields.values())
                if is_by_key and referring_app == app_label and referring != name:
                    sorter.add(referring, name)
        return [operation for name in sorter.static_order() for operation in tables[name]] + last
