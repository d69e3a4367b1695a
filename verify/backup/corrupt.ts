import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Flips bytes in the middle of every file of data: a disk that forgets. */
export function corrupt(repository: string): void {
  for (const folder of readdirSync(join(repository, 'data'))) {
    for (const name of readdirSync(join(repository, 'data', folder))) {
      const path = join(repository, 'data', folder, name);
      const bytes = readFileSync(path);
      if (bytes.length < 100_000) continue;
      const middle = Math.floor(bytes.length / 2);
      bytes.fill(0x5a, middle, middle + 64);
      chmodSync(path, 0o644);
      writeFileSync(path, bytes);
    }
  }
}
