/** One run at a time: all runs of a machine have the same addresses, namespaces and folders. */
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { STATE } from './cluster/layout';
import { beganAt } from './cluster/processes';

/** Who holds it, where that process lives. */
function ownerOf(file: string): string | undefined {
  const [pid = '', began] = readFileSync(file, 'utf8').split(' ');
  if (began === undefined || beganAt(Number(pid)) !== began) return undefined;
  return `process ${pid}, since ${statSync(file).mtime.toISOString().slice(11, 19)} UTC`;
}

function isTaken(own: string, file: string): boolean {
  try {
    linkSync(own, file); // at once, and with what is in it
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return true;
    throw error;
  }
}

/** Holds the machine for this process as long as it lives. @throws Error with who holds it */
export function holdMachine(file = join(STATE, 'lock')): void {
  mkdirSync(dirname(file), { recursive: true });
  const own = `${file}-${process.pid}`;
  writeFileSync(own, `${process.pid} ${beganAt(process.pid)}`);
  try {
    while (isTaken(own, file)) {
      const owner = ownerOf(file);
      if (owner !== undefined) throw new Error(`Another end-to-end test is under way on this machine: ${owner}`);
      rmSync(file, { force: true }); // of one that was killed
    }
  } finally {
    rmSync(own);
  }
  process.on('exit', () => rmSync(file, { force: true }));
}
