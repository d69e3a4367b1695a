/** Two releases of an application by its migrations alone: what the commands of a system find in an image. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

type Files = Readonly<Record<string, string>>;

const alembicEnv = `
import os
from alembic import context
from sqlalchemy import create_engine
with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
`;

function alembicRevision(number: number): string {
  return `
import sqlalchemy as sa
from alembic import op
revision, down_revision = "${number}", ${number === 1 ? 'None' : `"${number - 1}"`}
def upgrade():
    op.create_table("t${number}", sa.Column("id", sa.Integer, primary_key=True))
`;
}

const manage = `
import os, sys
from django.core.management import execute_from_command_line
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
execute_from_command_line(sys.argv)
`;

const settings = `
import os
SECRET_KEY = "none"
INSTALLED_APPS = ["shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE_FILE"]}}
`;

function djangoMigration(number: number): string {
  const before = number === 1 ? '' : `("shop", "000${number - 1}_step")`;
  return `
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [${before}]
    operations = [migrations.CreateModel("T${number}", [("id", models.AutoField(primary_key=True))])]
`;
}

/** By framework, the files of a release with so many migrations. */
const files: Readonly<Record<'alembic' | 'django', (migrations: readonly number[]) => Files>> = {
  alembic: (migrations) => ({
    'alembic.ini': '[alembic]\nscript_location = migrations\n',
    'migrations/env.py': alembicEnv,
    ...Object.fromEntries(migrations.map((number) => [`migrations/versions/${number}.py`, alembicRevision(number)])),
  }),
  django: (migrations) => ({
    'manage.py': manage,
    'settings.py': settings,
    'shop/__init__.py': '',
    'shop/migrations/__init__.py': '',
    ...Object.fromEntries(
      migrations.map((number) => [`shop/migrations/000${number}_step.py`, djangoMigration(number)]),
    ),
  }),
};

export type Framework = keyof typeof files;

/** Writes a release, and hands back its folder. */
export function image(folder: string, framework: Framework, migrations: number): string {
  const numbers = Array.from({ length: migrations }, (_, index) => index + 1);
  for (const [name, text] of Object.entries(files[framework](numbers))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** A folder with the one program that Debian calls otherwise: images of Python have a `python`. */
export function programs(folder: string): string {
  symlinkSync('/usr/bin/python3', join(folder, 'python'));
  // Of its package Debian leaves the program out.
  writeFileSync(join(folder, 'alembic'), '#!/bin/sh\nexec /usr/bin/python3 -m alembic "$@"\n');
  chmodSync(join(folder, 'alembic'), 0o755);
  return folder;
}
