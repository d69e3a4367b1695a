import type { VolumePlan } from '../plan';
import { mib } from '../quantities';
import type { Context } from './context';
import { mounters } from './services';
import { storageClassOf } from './stores';
import { componentOf } from './workload';

/** The volumes that services mount here. None where shared volumes are object storage. */
export function resolveVolumes(context: Context): VolumePlan[] {
  const shared = context.environment.sharedVolumes;
  return [...mounters(context)].flatMap(([name, mountedBy]): VolumePlan[] => {
    const declared = context.system.volumes[name];
    const owner = mountedBy[0];
    const service = owner === undefined ? undefined : context.services.get(owner);
    if (declared === undefined || owner === undefined || service === undefined) return [];
    const own = context.own.volumes[name];
    const className =
      shared.by === 'rwx'
        ? (own?.storageClass ?? shared.className)
        : storageClassOf(context, own?.storageClass, declared.encrypted);
    const claim = {
      name,
      owner,
      component: componentOf(service),
      size: mib(own?.size ?? declared.size),
      storageClass: className,
    } as const;
    return [
      {
        name,
        description: declared.description,
        claim: { ...claim, accessMode: shared.by === 'rwx' ? 'ReadWriteMany' : 'ReadWriteOnce' },
        mountedBy,
        shared: shared.by === 'rwx' ? 'rwx' : 'one-node',
        backup: declared.backup,
      },
    ];
  });
}
