import { at, type KubernetesObject } from './objects';

interface PodTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: { volumes?: { name: string }[]; [field: string]: unknown };
}

/** The pod template inside a workload, wherever its kind keeps it. */
export function podTemplate(object: KubernetesObject): PodTemplate | undefined {
  const path = object.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
  const template = at(object, ...path);
  return at(template, 'spec', 'containers') === undefined ? undefined : (template as PodTemplate);
}

/**
 * The pods of a workload as bare Pods: Pod Security only warns about a workload, a Pod it refuses. They run as the
 * namespace's default account, since accounts are not there in a dry run.
 */
export function podsOf(object: KubernetesObject, namespace: string): KubernetesObject[] {
  const template = podTemplate(object);
  if (template === undefined) return [];
  const { serviceAccountName: _, serviceAccount: __, restartPolicy, ...spec } = template.spec;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: object.metadata.name, namespace },
    spec: { ...spec, ...(restartPolicy !== undefined && { restartPolicy }), volumes: volumes(object, template) },
  };
  return [pod as unknown as KubernetesObject];
}

/** What a StatefulSet's controller adds: one volume per claim template. */
function volumes(object: KubernetesObject, template: PodTemplate): unknown[] {
  const claims = at(object, 'spec', 'volumeClaimTemplates');
  const claimed = Array.isArray(claims)
    ? claims.map((claim) => {
        const name = String(at(claim, 'metadata', 'name'));
        return { name, persistentVolumeClaim: { claimName: `${name}-${object.metadata.name}-0` } };
      })
    : [];
  return [...(template.spec.volumes ?? []), ...claimed];
}
