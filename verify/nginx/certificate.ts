/** The edge's pair as the bootstrap makes it, and as the kubelet mounts it. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '../../lib/model/plan';
import { certificateRecipes, recipe } from '../../lib/secrets/recipe';
import { certificateScript } from '../../lib/secrets/script';
import { ApiServer } from '../../test/secrets/api-server';
import { Pod } from '../../test/secrets/run-script';
import { must } from '../kit/command';

/** What a Secret of type kubernetes.io/tls holds, by file name. */
export type Pair = Readonly<Record<string, string>>;

const secretName = 'edge-tls';
const keys = ['tls.crt', 'tls.key', 'ca.crt'];

/** The files that the first container of the bootstrap makes, with the arguments that its pod has. */
async function made(plan: Plan): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-certificates-'));
  writeFileSync(join(folder, 'certificates.sh'), certificateScript);
  const items = certificateRecipes(plan)
    .filter(({ secret }) => secret === secretName)
    .map(({ secret, hosts }) => `${secret}=${hosts.map((host) => `DNS:${host}`).join(',')}`);
  await must('sh', [join(folder, 'certificates.sh'), folder, '3650', ...items]);
  const found = keys.map(
    (key) => [`${secretName}/${key}`, readFileSync(join(folder, secretName, key), 'utf8')] as const,
  );
  rmSync(folder, { recursive: true });
  return Object.fromEntries(found);
}

/** The Secret that the whole bootstrap leaves at an API server: both of its scripts, as the manifests have them. */
export async function bootstrapped(plan: Plan): Promise<Pair> {
  const secret = plan.secrets.find(({ name }) => name === secretName);
  if (secret === undefined) throw new Error(`${plan.system.id} has no Secret ${secretName}`);
  const server = new ApiServer(plan.namespace);
  await server.listen();
  const files = { recipes: { [`${secretName}.recipe`]: recipe(plan, secret) }, certificates: await made(plan) };
  const pod = new Pod(server.port, server, files);
  const { status, stderr } = await pod.run({ namespace: plan.namespace });
  const stored = server.secrets.get(secretName);
  pod.remove();
  await server.close();
  if (status !== 0 || stored === undefined) throw new Error(`The bootstrap made no ${secretName}: ${stderr}`);
  return stored.stringData;
}

/** A pair that is anybody's own, by a name that can be told from another's. */
export async function ownPair(name: string): Promise<Pair> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-pair-'));
  const [key, certificate] = [join(folder, 'tls.key'), join(folder, 'tls.crt')];
  const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  await must('openssl', ['req', ...kind, '-keyout', key, '-out', certificate]);
  const pair = { 'tls.crt': readFileSync(certificate, 'utf8'), 'tls.key': readFileSync(key, 'utf8') };
  rmSync(folder, { recursive: true });
  return pair;
}

/** A Secret's volume: links to a folder behind one link, which an update replaces, so that all files change at once. */
export class SecretVolume {
  private count = 0;

  constructor(private readonly folder: string) {
    mkdirSync(folder);
  }

  update(pair: Pair): void {
    this.count += 1;
    const fresh = `..${this.count}`;
    mkdirSync(join(this.folder, fresh));
    // Readable to all: on this machine the pod's group is not the files'.
    for (const [key, text] of Object.entries(pair)) writeFileSync(join(this.folder, fresh, key), text, { mode: 0o644 });
    if (this.count === 1) for (const key of Object.keys(pair)) symlinkSync(`..data/${key}`, join(this.folder, key));
    symlinkSync(fresh, join(this.folder, '..new'));
    renameSync(join(this.folder, '..new'), join(this.folder, '..data'));
    // As the kubelet does: the old files are gone at once.
    if (this.count > 1) rmSync(join(this.folder, `..${this.count - 1}`), { recursive: true });
  }
}
