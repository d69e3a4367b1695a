import { setTimeout as sleep } from 'node:timers/promises';
import { moduleFilesFolder } from '../kit/module-files';
import { CRDS, type Release } from '../kit/tools';
import { at, describe, type KubernetesObject, readObjects } from '../manifests/objects';
import { type ApiClient, message } from './client';

const ESTABLISHED_SECONDS = 30;

/** Installs the definitions that fit this release of the server and waits until it serves them. */
export async function installCustomResources(client: ApiClient, release: Release): Promise<void> {
  const objects = CRDS.filter(({ releases }) => releases.includes(release)).flatMap((source) =>
    readObjects(moduleFilesFolder(source)),
  );
  await client.each(objects, async (object) => {
    // Not strict: 1.28 does not know selectableFields, and a CRD is no manifest of ours.
    const reply = await client.request('POST', `${await collectionOf(client, object)}?fieldValidation=Ignore`, {
      body: object,
    });
    if (reply.status >= 300) throw new Error(`${describe(object)}: ${message(reply)}`);
  });
  await waitUntilEstablished(client);
}

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
