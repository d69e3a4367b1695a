import { ApiObject, type App } from 'cdk8s';
import { mergePatch } from '../model/merge';
import { nearest } from '../model/nearest';
import type { PatchPlan, Plan } from '../model/plan';
import { type Problem, ProblemsError } from '../model/problem';
import { checksum } from './checksum';
import { annotateExemptions } from './exemptions';
import { hashedName } from './job';
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

function patchProblems(plan: Plan, objects: readonly ApiObject[]): Problem[] {
  const targets = objects.map((object) => `${object.kind}/${object.metadata.name ?? ''}`);
  return plan.patches.flatMap((patch): Problem[] => {
    const target = `${patch.kind}/${patch.name}`;
    const index = targets.indexOf(target);
    if (index < 0) {
      const near = nearest(target, targets);
      return [
        {
          severity: 'error',
          rule: 'patch-target',
          path: patch.path,
          found: target,
          wanted: 'an object that is emitted',
          ...(near === undefined ? {} : { nearest: near }),
        },
      ];
    }
    const object = objects[index];
    const lost =
      object === undefined ? [] : (unknownFields(mergePatch(object.toJson(), patch.merge) as Manifest) ?? []);
    return lost.map((field) => ({
      severity: 'error',
      rule: 'patch-field',
      path: `${patch.path}.merge.${field}`,
      found: field,
      wanted: `a field that Kubernetes 1.28 has in ${patch.kind}`,
    }));
  });
}

function apply(manifest: Manifest, patches: readonly PatchPlan[]): Manifest {
  return patches.reduce<Manifest>((current, patch) => mergePatch(current, patch.merge) as Manifest, manifest);
}

/**
 * The last step before YAML, once for every object: patches of the user, exemptions for the analysers, names of Jobs.
 * It wraps `toJson`, because cdk8s' own patches are filtered through its serializers and lose data.
 * @throws ProblemsError when a patch has no target or a field that would be dropped
 */
export function finish(app: App, plan: Plan): void {
  const objects = app.node.findAll().filter((node): node is ApiObject => ApiObject.isApiObject(node));
  const problems = patchProblems(plan, objects);
  if (problems.length) throw new ProblemsError(problems);
  for (const object of objects) {
    const patches = plan.patches.filter(({ kind, name }) => kind === object.kind && name === object.metadata.name);
    const render = object.toJson.bind(object);
    object.toJson = () => sorted(nameByContent(apply(annotateExemptions(render() as Manifest), patches)));
  }
}
