import type { Context } from '../resolve/context';
import { engineOf } from '../resolve/engine';
import { mounters } from '../resolve/services';

/** The claims that are to be encrypted at rest and take the environment's class for it. */
function encryptedParts(context: Context): string[] {
  const { system, environment, own } = context;
  const stores = Object.entries(system.stores)
    .filter(([name, store]) => store.encrypted && engineOf(context, name, store) !== 'external')
    .filter(([name]) => own.stores[name]?.storageClass === undefined);
  const volumes = [...mounters(context).keys()]
    .filter((name) => system.volumes[name]?.encrypted && environment.sharedVolumes.by === 'one-node')
    .filter((name) => own.volumes[name]?.storageClass === undefined);
  return [...stores.map(([name]) => name), ...volumes].sort();
}

/** Volumes whose class is that of all shared ones, whatever the document wants of their disks. */
function checkShared(context: Context): void {
  const { system, environment, own, problems, at } = context;
  const { sharedVolumes, storage } = environment;
  if (sharedVolumes.by !== 'rwx' || sharedVolumes.className === storage.encryptedClassName) return;
  for (const name of mounters(context).keys())
    if (system.volumes[name]?.encrypted && own.volumes[name]?.storageClass === undefined)
      problems.warning(
        'encrypted-shared',
        `${at.environment}.sharedVolumes.className`,
        `"${sharedVolumes.className}", which ${name} gets though it is to be encrypted`,
        'a class that encrypts as well; named as storage.encryptedClassName, too, it is known to',
      );
}

/** Encryption at rest is a storage class: without one that encrypts, nothing is encrypted. */
export function checkAtRest(context: Context): void {
  const { problems, at, environment, mode } = context;
  if (mode !== 'production') return;
  checkShared(context);
  if (environment.storage.encryptedClassName !== undefined) return;
  for (const name of encryptedParts(context))
    problems.warning(
      'encrypted-class',
      `${at.environment}.storage.encryptedClassName`,
      'nothing',
      `a storage class that encrypts, for ${name}; the claim uses the default class`,
    );
}
