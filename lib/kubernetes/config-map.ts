import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Plan, Workload } from '../model/plan';
import { ProblemsError } from '../model/problem';
import { metadata } from './labels';

/**
 * The most a ConfigMap may hold, bytes: `kubectl apply` keeps a copy in an annotation, and all annotations of an object
 * together may have 262,144 bytes.
 */
const largest = 200_000;

function size(data: Readonly<Record<string, string>>): number {
  return Object.entries(data).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
}

/**
 * A ConfigMap under a name that never changes; whoever uses it carries a `checksum` of its data, so that a change rolls
 * the pods.
 * @throws ProblemsError when it is larger than `kubectl apply` can handle
 */
export function configMap(
  scope: Construct,
  plan: Plan,
  owner: Pick<Workload, 'name' | 'component'>,
  name: string,
  data: Readonly<Record<string, string>>,
): k8s.KubeConfigMap {
  const bytes = size(data);
  if (bytes > largest) {
    throw new ProblemsError([
      {
        severity: 'error',
        rule: 'config-map-size',
        path: `ConfigMap/${name}`,
        found: `${bytes} bytes`,
        wanted: `at most ${largest} bytes, because kubectl apply keeps a copy in an annotation`,
      },
    ]);
  }
  return new k8s.KubeConfigMap(scope, `${name}-config`, { metadata: metadata(plan, name, owner), data: { ...data } });
}
