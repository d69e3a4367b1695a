import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ApiClient } from '../../cluster/client';
import { WORK } from './container';

interface Items {
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

interface Source {
  readonly secret?: Items & {
    readonly name?: string;
    readonly secretName?: string;
    readonly optional?: boolean;
    readonly defaultMode?: number;
  };
  readonly configMap?: Items & { readonly name: string; readonly defaultMode?: number };
  readonly serviceAccountToken?: { readonly path: string };
  readonly downwardAPI?: unknown;
}

export interface Volume extends Source {
  readonly name: string;
  readonly emptyDir?: object;
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly projected?: { readonly sources: readonly Source[]; readonly defaultMode?: number };
}

/** Whose volumes: what a kubelet would ask with. */
export interface Owner {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly pod: string;
  readonly serviceAccount: string;
  /** `fsGroup`: whose group the files are. */
  readonly group: number;
}

/** What a ConfigMap or a Secret holds, read from the API server. */
export async function dataOf(
  { client, namespace }: Pick<Owner, 'client' | 'namespace'>,
  kind: 'configmaps' | 'secrets',
  name: string,
): Promise<Record<string, string> | undefined> {
  const { status, body } = await client.request('GET', `/api/v1/namespaces/${namespace}/${kind}/${name}`);
  if (status === 404) return undefined;
  if (status !== 200) throw new Error(`${kind}/${name}: ${status}`);
  const data = (body['data'] ?? {}) as Record<string, string>;
  if (kind === 'configmaps') return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

function chosen(data: Record<string, string>, { items }: Items): Record<string, string> {
  if (items === undefined) return data;
  return Object.fromEntries(items.flatMap(({ key, path }) => (key in data ? [[path, data[key] ?? '']] : [])));
}

/** A token of the pod's own account, with its own rights and no others. */
async function tokenOf({ client, namespace, serviceAccount }: Owner): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const reply = await client.must('POST', path, { body });
  return String((reply.body['status'] as { token: string }).token);
}

async function filesOf(owner: Owner, source: Source): Promise<Record<string, string>> {
  const { secret, configMap, serviceAccountToken } = source;
  if (serviceAccountToken) return { [serviceAccountToken.path]: await tokenOf(owner) };
  if (configMap) {
    const data = await dataOf(owner, 'configmaps', configMap.name);
    if (data === undefined) throw new Error(`${owner.pod}: no ConfigMap ${configMap.name}`);
    return chosen(data, configMap);
  }
  if (secret) {
    const name = secret.secretName ?? secret.name ?? '';
    const data = await dataOf(owner, 'secrets', name);
    if (data === undefined && !secret.optional) throw new Error(`${owner.pod}: no Secret ${name}`);
    return chosen(data ?? {}, secret);
  }
  return {};
}

function modeOf({ projected, secret, configMap }: Volume): number {
  return projected?.defaultMode ?? secret?.defaultMode ?? configMap?.defaultMode ?? 0o644;
}

/** As a kubelet leaves it: root's, readable by the pod's group. */
function put(path: string, text: string, mode: number, group: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode | 0o440);
  chownSync(path, 0, group);
}

/** Makes a pod's volumes; their folders by name. A claim's is the same for whoever mounts it. */
export async function makeVolumes(owner: Owner, volumes: readonly Volume[]): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  for (const volume of volumes) {
    const claim = volume.persistentVolumeClaim?.claimName;
    const folder = join(WORK, 'volumes', claim ?? join(owner.pod, volume.name));
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    for (const source of volume.projected?.sources ?? [volume]) {
      for (const [path, text] of Object.entries(await filesOf(owner, source))) {
        put(join(folder, path), text, modeOf(volume), owner.group);
      }
    }
    folders.set(volume.name, folder);
  }
  return folders;
}
