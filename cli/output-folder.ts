/** The folder that a synthesis replaces: as a whole, once the new content is complete, and only if it is ours. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Files } from '../lib/changes';
import { type Problem, ProblemsError } from '../lib/model/problem';

/** Whether a folder stands there, a link to one included. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Every file of a folder by name, sorted; folders in it are not looked at. */
export function readFiles(folder: string): Files {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** What we write: `40-services.k8s.yaml`. Anything else in the folder is somebody's work. */
const ours = /^\d\d-[a-z0-9-]+\.k8s\.yaml$/;

/** What is in the way of replacing a folder. */
function strangers(folder: string): Problem[] {
  const names = readdirSync(folder).filter((name) => !ours.test(name));
  if (names.length === 0) return [];
  const found = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  return [
    {
      severity: 'error',
      rule: 'out-folder',
      path: folder,
      found,
      wanted: 'a folder that is empty, new, or holds nothing but manifests of keelson',
    },
  ];
}

/** The path itself or a folder above it that is a file. */
function fileInTheWay(path: string): string | undefined {
  const parts = (below: string): string[] => (dirname(below) === below ? [below] : [...parts(dirname(below)), below]);
  return parts(path).find((part) => statSync(part, { throwIfNoEntry: false })?.isFile());
}

/**
 * What the folder holds now; nothing where there is none.
 * @throws ProblemsError when it holds what keelson did not write
 */
export function currentFiles(folder: string): Files {
  const blocking = fileInTheWay(folder);
  if (blocking !== undefined)
    throw new ProblemsError([
      {
        severity: 'error',
        rule: 'out-folder',
        path: '--out',
        found: `${blocking}, which is a file`,
        wanted: 'a folder',
      },
    ]);
  if (!existsSync(folder)) return new Map();
  const problems = strangers(folder);
  if (problems.length) throw new ProblemsError(problems);
  return readFiles(folder);
}

/** What a replacement changed, by file name. */
export interface Changes {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export function changesBetween(before: Files, after: Files): Changes {
  const names = [...after.keys()];
  return {
    added: names.filter((name) => !before.has(name)),
    changed: names.filter((name) => before.has(name) && before.get(name) !== after.get(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
  };
}

/** One folder after the other: asked for all at once, Node never comes back from a file system that refuses them (/proc). */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/**
 * Writes the files into a new folder beside the target and swaps the two: nobody sees half an output, and when anything
 * fails the old one stands. A link is followed, so that it stays a link.
 */
export function replaceFolder(target: string, files: Files): void {
  const folder = existsSync(target) ? realpathSync(target) : target;
  const beside = (word: string): string => join(dirname(folder), `.${basename(folder)}.${word}-${process.pid}`);
  const [fresh, old] = [beside('new'), beside('old')];
  makeFolder(fresh);
  try {
    for (const [name, text] of files) writeFileSync(join(fresh, name), text);
    const replaces = existsSync(folder);
    if (replaces) renameSync(folder, old);
    try {
      renameSync(fresh, folder);
    } catch (error) {
      if (replaces) renameSync(old, folder);
      throw error;
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    if (existsSync(folder)) rmSync(old, { recursive: true, force: true });
  }
}
