import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { ManifestSet, Synthesis } from './sets';
import { varyAll } from './vary';

/** {@link varyAll} in a thread of its own: it takes half a minute, in which no judge would get a word in. */
export function varyBeside(sets: readonly ManifestSet[], parent: string): Promise<readonly Synthesis[]> {
  // A thread does not inherit the loader of TypeScript; in text that is evaluated it can be asked for first.
  const files = [require.resolve('tsx/cjs'), __filename];
  const load = files.map((file) => `require(${JSON.stringify(file)});`).join('\n');
  return new Promise((resolve, reject) => {
    const thread = new Worker(load, { eval: true, workerData: { sets, parent } });
    thread.on('message', resolve);
    thread.on('error', reject);
  });
}

if (!isMainThread) {
  const { sets, parent } = workerData as { sets: readonly ManifestSet[]; parent: string };
  parentPort?.postMessage(varyAll(sets, parent));
}
