import { ApiObject, type App } from 'cdk8s';
import { isRecord, mergePatch } from '../model/merge';
import { nearest } from '../model/nearest';
import type { PatchPlan, Plan } from '../model/plan';
import { type Problem, ProblemsError } from '../model/problem';
import { checksum } from './checksum';
import { annotateExemptions } from './exemptions';
import { hashedName } from './job';
import { credentialProblems } from './patched/credentials';
import type { Patched } from './patched/objects';
import { quotaProblems, requestProblems } from './patched/quota';
import { referenceProblems } from './patched/references';
import { scalingProblems } from './patched/scaling';
import { wrongTypes } from './patched/types';
import { type Manifest, unknownFields } from './patches';

function metadataOf(manifest: Manifest): { name: string; annotations?: Record<string, string> } {
  return manifest['metadata'] as { name: string; annotations?: Record<string, string> };
}

function without(record: Record<string, string>, key: string): Record<string, string> | undefined {
  const rest = Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
  return Object.keys(rest).length ? rest : undefined;
}

/** A Job marked with `hashedName` is called by the hash of its whole spec: what it mounts is in it as checksums. */
function nameByContent(manifest: Manifest): Manifest {
  const meta = metadataOf(manifest);
  if (meta.annotations?.[hashedName] === undefined) return manifest;
  const { annotations: _, ...rest } = meta;
  const kept = without(meta.annotations, hashedName);
  const name = `${meta.name}-${checksum(manifest['spec'], 8)}`;
  return { ...manifest, metadata: { ...(kept === undefined ? {} : { annotations: kept }), ...rest, name } };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

/**
 * What a patch may not touch: an object's identity, what others find it by, and what a cluster could not follow. A claim
 * template is the same for ever; the claims themselves are objects that can be patched.
 */
const fixed: readonly (readonly string[])[] = [
  ['apiVersion'],
  ['kind'],
  ['metadata', 'name'],
  ['metadata', 'namespace'],
  ...['name', 'instance', 'component', 'part-of', 'managed-by'].flatMap((label) => [
    ['metadata', 'labels', `app.kubernetes.io/${label}`],
    ['spec', 'template', 'metadata', 'labels', `app.kubernetes.io/${label}`],
  ]),
  ['spec', 'selector'],
  ['spec', 'volumeClaimTemplates'],
];

/** Whether a patch sets or removes what is at a path, or something around or below it. */
function touches(merge: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  if (!isRecord(merge)) return true;
  return Object.hasOwn(merge, key) && touches(merge[key], rest);
}

function unknownTarget({ kind, name, path }: PatchPlan, targets: readonly string[]): Problem {
  const target = `${kind}/${name}`;
  const near = nearest(target, targets);
  return {
    severity: 'error',
    rule: 'patch-target',
    path,
    found: target,
    wanted: 'an object that is emitted',
    ...(near === undefined ? {} : { nearest: near }),
  };
}

function fieldProblems({ kind, merge, path }: PatchPlan, object: ApiObject): Problem[] {
  const problem = (rule: string, field: string, wanted: string): Problem => {
    return { severity: 'error', rule, path: `${path}.merge.${field}`, found: field, wanted };
  };
  const touched = fixed.filter((field) => touches(merge, field)).map((field) => field.join('.'));
  const patched = mergePatch(object.toJson(), merge) as Manifest;
  const wrong = wrongTypes(patched);
  // cdk8s' serializers, which find what is unknown, go through lists and objects without looking.
  const shaped = wrong.every(({ wanted }) => wanted !== 'a list' && wanted !== 'an object');
  const lost = (shaped && unknownFields(patched)) || [];
  return [
    ...touched.map((field) => problem('patch-fixed', field, 'a field that no other object relies on')),
    ...lost.map((field) => problem('patch-field', field, `a field that Kubernetes 1.28 has in ${kind}`)),
    ...wrong.map(({ field, found, wanted }) => ({ ...problem('patch-type', field, wanted), found })),
  ];
}

function patchProblems(plan: Plan, objects: readonly ApiObject[]): Problem[] {
  const targets = new Map(objects.map((object) => [`${object.kind}/${object.metadata.name ?? ''}`, object]));
  return plan.patches.flatMap((patch) => {
    const object = targets.get(`${patch.kind}/${patch.name}`);
    return object === undefined ? [unknownTarget(patch, [...targets.keys()])] : fieldProblems(patch, object);
  });
}

/** Two objects of one name: the second would overwrite the first. The checks of names should have refused it before. */
function twins({ system }: Plan, objects: readonly ApiObject[]): Problem[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { kind, metadata } of objects) {
    const name = `${kind}/${metadata.name ?? ''}`;
    (seen.has(name) ? twice : seen).add(name);
  }
  return [...twice].map((name) => ({
    severity: 'error',
    rule: 'duplicate-object',
    path: `systems/${system.id}`,
    found: `${name} twice`,
    wanted: 'names of services, stores, tools and volumes from which no object is made twice',
  }));
}

function apply(manifest: Manifest, patches: readonly PatchPlan[]): Manifest {
  return patches.reduce<Manifest>((current, patch) => mergePatch(current, patch.merge) as Manifest, manifest);
}

function patchesOf(plan: Plan, { kind, metadata: { name } }: ApiObject): readonly PatchPlan[] {
  return plan.patches.filter((patch) => patch.kind === kind && patch.name === name);
}

/** What only shows in all objects together, as the patches leave them. Nothing is rendered where there are none. */
function guardProblems(plan: Plan, objects: readonly ApiObject[]): Problem[] {
  if (plan.patches.length === 0) return [];
  const all = objects.map((object): Patched => {
    const [before, patches] = [object.toJson() as Manifest, patchesOf(plan, object)];
    return { kind: object.kind, name: object.metadata.name ?? '', before, after: apply(before, patches), patches };
  });
  return [
    ...scalingProblems(all),
    ...credentialProblems(all),
    ...referenceProblems(plan, all),
    ...requestProblems(all),
    ...quotaProblems(all),
  ];
}

/**
 * The last step before YAML, once for every object: patches of the user, exemptions for the analysers, names of Jobs.
 * It wraps `toJson`, because cdk8s' own patches are filtered through its serializers and lose data.
 * @throws ProblemsError when two objects have one name, or a patch has no target, a field that would be dropped or that others rely on, or breaks what
 * the Plan has checked
 */
export function finish(app: App, plan: Plan): void {
  const objects = app.node.findAll().filter((node): node is ApiObject => ApiObject.isApiObject(node));
  const problems = [...twins(plan, objects), ...patchProblems(plan, objects), ...guardProblems(plan, objects)];
  if (problems.length) throw new ProblemsError(problems);
  for (const object of objects) {
    const patches = patchesOf(plan, object);
    const render = object.toJson.bind(object);
    object.toJson = () => sorted(nameByContent(apply(annotateExemptions(render() as Manifest), patches)));
  }
}
