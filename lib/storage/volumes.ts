import type { k8s } from 'cdk8s-plus-28';
import type { MountPlan, Plan } from '../model/plan';

/** Claim names by volume: made once for a Plan, because every service looks its volumes up. */
export type ClaimNames = ReadonlyMap<string, string>;

/** The claim of each volume of the Plan. */
export function claimNames(plan: Pick<Plan, 'volumes'>): ClaimNames {
  return new Map(plan.volumes.map(({ name, claim }) => [name, claim.name]));
}

function volumeName(mount: MountPlan): string {
  return `volume-${mount.volume}`;
}

/**
 * The pod's volumes for its mounts; a volume that is mounted at two paths stands here once.
 * @throws Error when a mount names no volume of the Plan, which `resolve` rules out
 */
export function claimVolumes(mounts: readonly MountPlan[], claims: ClaimNames): k8s.Volume[] {
  const byName = new Map(
    mounts.map((mount): [string, k8s.Volume] => {
      const claimName = claims.get(mount.volume);
      if (claimName === undefined) throw new Error(`Cannot mount "${mount.volume}": the Plan has no such volume`);
      return [volumeName(mount), { name: volumeName(mount), persistentVolumeClaim: { claimName } }];
    }),
  );
  return [...byName.values()];
}

/** The container's mounts of these volumes. */
export function claimMounts(mounts: readonly MountPlan[]): k8s.VolumeMount[] {
  return mounts.map((mount) => ({ name: volumeName(mount), mountPath: mount.path }));
}
