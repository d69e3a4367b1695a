import { covers, exemptions } from '../kubernetes/exemptions';
import type { Manifest } from '../kubernetes/patches';
import { isRecord } from '../model/merge';
import type { Plan, SecretPlan } from '../model/plan';
import { createCommands } from '../secrets/commands';
import { claimsOf } from './prerequisites';

/** An image, and the workloads that run it. */
export interface ImageLine {
  readonly name: string;
  readonly reference: string;
  /** Whether a digest says which bytes it is. */
  readonly pinned: boolean;
  readonly usedBy: readonly string[];
}

/** Every image a node may pull. The helper waits in most pods. */
export function imagesOf(plan: Plan): ImageLine[] {
  return plan.images.all.map(({ name, reference }) => {
    const usedBy = plan.workloads.filter(({ image }) => image === reference).map((workload) => workload.name);
    const helper = reference === plan.images.helper ? ['init containers'] : [];
    return { name, reference, pinned: reference.includes('@sha256:'), usedBy: [...usedBy, ...helper] };
  });
}

/** A Secret that the namespace must hold. */
export interface SecretLine {
  readonly name: string;
  readonly class: SecretPlan['class'];
  readonly type: SecretPlan['type'];
  readonly keys: readonly string[];
  /** Keys that it may have besides. */
  readonly optionalKeys: readonly string[];
  readonly description: string;
  /** What uses it starts without it. */
  readonly optional: boolean;
  readonly usedBy: readonly string[];
  /** Who makes it: the environment's provider, or a person. */
  readonly madeBy: string;
}

export function secretsOf(plan: Plan): SecretLine[] {
  const byHand = new Set(createCommands(plan).map(({ secret }) => secret));
  return plan.secrets.map((secret) => ({
    name: secret.name,
    class: secret.class,
    type: secret.type,
    keys: Object.keys(secret.keys),
    optionalKeys: secret.optionalKeys ?? [],
    description: secret.description,
    optional: secret.optional,
    usedBy: secret.usedBy,
    madeBy: byHand.has(secret.name) ? 'you' : plan.secretsProvider.provider,
  }));
}

/** A claim, and the space it asks for in MiB. */
export interface ClaimLine {
  readonly name: string;
  readonly size: number;
  readonly storageClass: string | null;
  readonly accessMode: string;
}

export function claimLines(plan: Plan): ClaimLine[] {
  return claimsOf(plan).map(({ name, size, storageClass, accessMode }) => ({
    name,
    size,
    storageClass: storageClass ?? null,
    accessMode,
  }));
}

function objectName(manifest: Manifest): string {
  const { kind, metadata } = manifest;
  return `${String(kind)}/${isRecord(metadata) ? String(metadata['name']) : ''}`;
}

/** A finding of an analyser that is kept, and the objects that keep it. */
export interface ExemptionLine {
  readonly tool: string;
  readonly check: string;
  readonly reason: string;
  /** `Kind/name`. */
  readonly objects: readonly string[];
}

/** @param manifests what the Plan becomes */
export function exemptionsOf(manifests: readonly Manifest[]): ExemptionLine[] {
  return exemptions.flatMap((exemption) => {
    const objects = manifests.filter((manifest) => covers(exemption, manifest)).map(objectName);
    const { tool, check, reason } = exemption;
    return objects.length ? [{ tool, check, reason, objects }] : [];
  });
}
