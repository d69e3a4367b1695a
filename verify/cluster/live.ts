import { mkdtempSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { run } from '../kit/command';
import { goProgram } from '../kit/tools';
import { at, type KubernetesObject } from '../manifests/objects';
import { type Cluster, kubectlEnv } from './cluster';

/**
 * The structures of built-in kinds are compiled in: to fetch and parse the schemas again takes nine tenths of the time.
 * Half of what is left goes into asking which kinds the server validates strictly; `admission` has it do so with all that this code writes.
 */
const KUBECTL_APPLY = 'kubectl apply --openapi-patch=false --validate=false';

/** The lines of kubectl that say why; around them it prints whole patches. */
const REASON =
  /^error:|error when|Error from server (?!\(Invalid\): error when applying)|is invalid|no matches for kind|^Warning:/;
const LINE_LENGTH = 400;

/** `kubectl apply -f dist/`, as the README says. What went wrong, line by line. */
export async function apply(cluster: Cluster, folder: string): Promise<string[]> {
  return runInDist(cluster, folder, 'kubectl apply -f dist/');
}

/** Runs a command line that names `dist/`, as a person would type it beside that folder. */
export async function runInDist(cluster: Cluster, folder: string, command: string): Promise<string[]> {
  const place = mkdtempSync(join(cluster.folder, 'apply-'));
  symlinkSync(folder, join(place, 'dist'));
  const outcome = await run('sh', ['-c', command.replaceAll('kubectl apply', KUBECTL_APPLY)], {
    cwd: place,
    env: {
      ...kubectlEnv(cluster),
      PATH: `${dirname(goProgram('kubectl').path)}${delimiter}${process.env['PATH'] ?? ''}`,
    },
    timeoutSeconds: 180,
  });
  const said = outcome.stderr.split('\n').filter((line) => line.trim() !== '');
  if (outcome.status === 0) return said.filter((line) => line.startsWith('Warning:'));
  const reasons = said.filter((line) => REASON.test(line)).map((line) => line.slice(0, LINE_LENGTH));
  return reasons.length > 0
    ? reasons
    : [`${command.slice(0, LINE_LENGTH)} ended with ${outcome.status}: ${said[0] ?? ''}`];
}

/** Identifies an object across versions of its manifest. */
export function key({ apiVersion, kind, metadata }: KubernetesObject): string {
  return `${apiVersion} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

/**
 * The objects in the cluster that carry the labels of one instance, of every kind that `samples` has: uid by key.
 * What a controller made of them is not counted.
 */
export async function instanceObjects(
  { client }: Cluster,
  instance: string,
  samples: readonly KubernetesObject[],
): Promise<Map<string, string>> {
  const kinds = new Map(samples.map((object) => [`${object.apiVersion} ${object.kind}`, object]));
  const selector = encodeURIComponent(`app.kubernetes.io/instance=${instance}`);
  const lists = await client.each([...kinds.values()], async (sample) => {
    const collection = await client.collection(sample);
    if (collection === undefined) return [];
    const items = await client.listMetadata(`${collection}?labelSelector=${selector}`);
    return items
      .filter((item) => at(item, 'metadata', 'ownerReferences') === undefined)
      .map(({ metadata }) => ({ metadata, apiVersion: sample.apiVersion, kind: sample.kind }));
  });
  return new Map(lists.flat().map((object) => [key(object), String(object.metadata['uid'])]));
}
