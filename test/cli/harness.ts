import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from '../../cli';

export const project = resolve(__dirname, '../..');

const made: string[] = [];

/** An empty folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-test-'));
  made.push(folder);
  return folder;
}

/** A user's project: a copy of ours, so that a test may write into it. */
export function temporaryRoot(from: string = project): string {
  const root = temporaryFolder();
  for (const folder of ['systems', 'environments', 'docs'])
    cpSync(join(from, folder), join(root, folder), { recursive: true });
  return root;
}

export function removeTemporary(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line in this process, as if it were called in `cwd`. */
export async function keelson(args: readonly string[], cwd: string, color = false): Promise<Outcome> {
  const lines = { out: [] as string[], err: [] as string[] };
  const status = await run(args, {
    cwd,
    color,
    out: (text) => void lines.out.push(text),
    err: (text) => void lines.err.push(text),
  });
  return { status, out: lines.out.join('\n'), err: lines.err.join('\n') };
}
