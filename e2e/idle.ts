/** Pods that do nothing: in the place of Jobs that have ended, of one that nobody knows, and of one of another namespace. */
import { at, type KubernetesObject } from '../verify/manifests/objects';
import { expect, podsPath, type Stage } from './stage';
import { together } from './together';

export interface IdlePod {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

function manifest({ name, namespace, labels }: IdlePod, image: string): unknown {
  const securityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    runAsUser: 10001,
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const resources = { requests: { cpu: '1m', memory: '8Mi' }, limits: { cpu: '50m', memory: '32Mi' } };
  const container = { name: 'idle', image, command: ['/bin/sleep', '3600'], securityContext, resources };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers: [container] },
  };
}

function templateLabels(object: KubernetesObject): Record<string, string> | undefined {
  const labels =
    at(object, 'spec', 'template', 'metadata', 'labels') ??
    at(object, 'spec', 'jobTemplate', 'spec', 'template', 'metadata', 'labels');
  return labels as Record<string, string> | undefined;
}

export function idlePods({ namespace, manifests: { objects } }: Pick<Stage, 'namespace' | 'manifests'>): IdlePod[] {
  const jobs = new Map<string, Record<string, string>>();
  for (const object of objects.filter(({ kind }) => kind === 'Job' || kind === 'CronJob')) {
    const labels = templateLabels(object);
    if (labels) jobs.set(labels['app.kubernetes.io/name'] ?? object.metadata.name, labels);
  }
  return [
    ...[...jobs].map(([name, labels]) => ({ name: `idle-${name}`, namespace, labels })),
    { name: 'idle-unknown', namespace, labels: { app: 'unknown' } },
    { name: 'idle-stranger', namespace: 'default', labels: { app: 'stranger' } },
  ];
}

/** @throws Error when one is refused: whom it stands for would go untried */
export async function startIdle({ api, manifests }: Stage, pods: readonly IdlePod[]): Promise<void> {
  const post = (pod: IdlePod) => api.post(podsPath(pod.namespace), manifest(pod, manifests.plan.images.helper));
  const answers = await together(pods.map(async (pod) => ({ pod, ...(await post(pod)) })));
  for (const { pod, status, text } of answers)
    expect(status === 201, `${pod.name} is refused: ${status} ${text.slice(0, 200)}`);
}

export async function stopIdle({ api }: Stage, pods: readonly IdlePod[]): Promise<void> {
  await Promise.all(pods.map(({ name, namespace }) => api.delete(`${podsPath(namespace)}/${name}`, 0)));
}
