import { setTimeout as sleep } from 'node:timers/promises';
import { groupOf, isCustom } from '../../lib/changes';
import { moduleFilesFolder } from '../kit/module-files';
import { PACKAGE_TYPES, packageTypesFolder } from '../kit/package-types';
import { CRDS } from '../kit/tools';
import { at, describe, type KnownDocuments, type KubernetesObject, readObjects } from '../manifests/objects';
import { BARMAN_SCHEMA, barmanDefinition } from './barman-definition';
import { type ApiClient, message } from './client';
import type { Cluster } from './cluster';
import { RABBITMQ_SCHEMA, rabbitmqDefinition } from './rabbitmq-definition';

const ESTABLISHED_SECONDS = 180; // a machine that is busy with other things takes its time over seventy of them

/** Several clusters get the same definitions. */
const known: KnownDocuments = new Map();

/**
 * Installs the definitions of the custom resources that the given objects are, as they fit this release of the server, and
 * waits until it serves them. Of all seventy of the kit a server composes its schemas for ten seconds.
 * @param along the kinds of the same groups, too: an operator wants all of its own
 */
export async function installCustomResources(
  { client, release }: Pick<Cluster, 'client' | 'release'>,
  users: readonly Pick<KubernetesObject, 'apiVersion' | 'kind'>[],
  along = false,
): Promise<void> {
  const nameOf = (group: unknown, kind: unknown) => (along ? String(group) : `${kind}.${group}`);
  const custom = users.filter(({ apiVersion }) => isCustom(apiVersion));
  const wanted = new Set(custom.map(({ apiVersion, kind }) => nameOf(groupOf(apiVersion), kind)));
  const folders = [
    ...CRDS.filter(({ releases }) => releases.includes(release)).map(moduleFilesFolder),
    ...PACKAGE_TYPES.map(packageTypesFolder),
  ];
  const objects = [
    ...folders.flatMap((folder) => readObjects(folder, known)),
    await rabbitmqDefinition(client),
    barmanDefinition(),
  ].filter((object) => wanted.has(nameOf(at(object, 'spec', 'group'), at(object, 'spec', 'names', 'kind'))));
  await client.each(objects, async (object) => {
    // Not strict: 1.28 does not know selectableFields, and a CRD is no manifest of ours.
    const reply = await client.request('POST', `${await collectionOf(client, object)}?fieldValidation=Ignore`, {
      body: object,
    });
    if (reply.status >= 300) throw new Error(`${describe(object)}: ${message(reply)}`);
  });
  await waitUntilEstablished(client);
}

/** What judges in place of a definition that no registry has, by the group of its kinds. */
export const SUBSTITUTES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(PACKAGE_TYPES.map(({ group, origin }) => [group, origin])),
  'rabbitmq.com': RABBITMQ_SCHEMA,
  'barmancloud.cnpg.io': BARMAN_SCHEMA,
};

async function collectionOf(client: ApiClient, object: KubernetesObject): Promise<string> {
  const collection = await client.collection(object);
  if (!collection) throw new Error(`The server does not know ${object.apiVersion} ${object.kind}`);
  return collection;
}

async function waitUntilEstablished(client: ApiClient): Promise<void> {
  const deadline = Date.now() + ESTABLISHED_SECONDS * 1000;
  for (;;) {
    const definitions = await client.list('/apis/apiextensions.k8s.io/v1/customresourcedefinitions');
    const waiting = definitions.filter((definition) => !isEstablished(definition));
    if (waiting.length === 0) return;
    if (Date.now() > deadline) throw new Error(`Not established: ${waiting.map(describe).join(', ')}`);
    await sleep(200);
  }
}

function isEstablished(definition: KubernetesObject): boolean {
  const conditions = at(definition, 'status', 'conditions');
  return (
    Array.isArray(conditions) &&
    conditions.some((condition) => at(condition, 'type') === 'Established' && at(condition, 'status') === 'True')
  );
}
