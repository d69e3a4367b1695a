import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let root: string | undefined;

/** A folder of its own for one use, below the one that goes when this run ends, however it ends. */
export function scratchFolder(use: string): string {
  if (root === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-verify-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    root = folder;
  }
  return mkdtempSync(join(root, `${use}-`));
}
