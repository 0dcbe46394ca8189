"""Constraints, triggers and the full-text index that are written by hand (see council/constraints.py)."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from council.constraints import reverse, statements


async def put(apps, editor):
    for statement in statements(editor.DIALECT):
        await editor.client.execute_query(statement)


async def take(apps, editor):
    for statement in reverse(editor.DIALECT):
        await editor.client.execute_query(statement)


class Migration(migrations.Migration):
    dependencies = [("council", "0001_initial")]
    operations = [ops.RunPython(put, take)]
