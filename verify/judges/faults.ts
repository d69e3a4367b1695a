import type { KubernetesObject } from '../manifests/objects';
import { BASE, type BaseKind } from './fault-base';

interface Fault {
  title: string;
  kind: BaseKind;
  /** Dotted path of the field that is changed. */
  path: string;
  /** The wrong value; undefined removes the field. */
  value: unknown;
}

const CONTAINER = 'spec.template.spec.containers.0';

/** One fault each, in otherwise good objects: what a validator must catch to be worth asking. */
const FAULTS: readonly Fault[] = [
  { title: 'unknown field', kind: 'Deployment', path: `${CONTAINER}.imagePullPolcy`, value: 'Always' },
  { title: 'wrong type', kind: 'Deployment', path: 'spec.replicas', value: 'two' },
  { title: 'missing required field', kind: 'Deployment', path: `${CONTAINER}.name`, value: undefined },
  { title: 'bad quantity', kind: 'Deployment', path: `${CONTAINER}.resources.limits.memory`, value: '1GB' },
  { title: 'request above limit', kind: 'Deployment', path: `${CONTAINER}.resources.requests.cpu`, value: '2' },
  { title: 'selector mismatch', kind: 'Deployment', path: 'spec.selector.matchLabels.app', value: 'other' },
  { title: 'port 70000', kind: 'Deployment', path: `${CONTAINER}.ports.0.containerPort`, value: 70000 },
  {
    title: 'port name of 20 characters',
    kind: 'Deployment',
    path: `${CONTAINER}.ports.0.name`,
    value: 'twenty-letters-named',
  },
  {
    title: 'duplicate container',
    kind: 'Deployment',
    path: 'spec.template.spec.containers.1',
    value: { name: 'app', image: 'registry.invalid/app:1' },
  },
  { title: 'mount without volume', kind: 'Deployment', path: `${CONTAINER}.volumeMounts.0.name`, value: 'absent' },
  { title: 'name A_b', kind: 'ConfigMap', path: 'metadata.name', value: 'A_b' },
  { title: 'bad enum: pull policy', kind: 'Deployment', path: `${CONTAINER}.imagePullPolicy`, value: 'Sometimes' },
  { title: 'bad enum: Service type', kind: 'Service', path: 'spec.type', value: 'Public' },
  { title: 'Recreate with rollingUpdate', kind: 'Deployment', path: 'spec.strategy.type', value: 'Recreate' },
  {
    title: 'two handlers in a probe',
    kind: 'Deployment',
    path: `${CONTAINER}.readinessProbe.tcpSocket`,
    value: { port: 80 },
  },
  { title: 'number as env value', kind: 'Deployment', path: `${CONTAINER}.env.0.value`, value: 1 },
  { title: 'bad label', kind: 'ConfigMap', path: 'metadata.labels', value: { app: 'not a label' } },
  { title: 'duplicate env', kind: 'Deployment', path: `${CONTAINER}.env.1`, value: { name: 'A', value: 'two' } },
  {
    title: 'Deployment that never restarts',
    kind: 'Deployment',
    path: 'spec.template.spec.restartPolicy',
    value: 'Never',
  },
  { title: 'HPA minimum above maximum', kind: 'HorizontalPodAutoscaler', path: 'spec.minReplicas', value: 9 },
  { title: 'PDB with both bounds', kind: 'PodDisruptionBudget', path: 'spec.minAvailable', value: 1 },
  { title: 'CIDR /33', kind: 'NetworkPolicy', path: 'spec.egress.0.to.0.ipBlock.cidr', value: '10.0.0.0/33' },
  { title: 'Job that always restarts', kind: 'Job', path: 'spec.template.spec.restartPolicy', value: 'Always' },
  { title: 'Service without ports', kind: 'Service', path: 'spec.ports', value: undefined },
  { title: 'Ingress without pathType', kind: 'Ingress', path: 'spec.rules.0.http.paths.0.pathType', value: undefined },
];

/** Asks about each faulty object, and about the good ones, which must be left alone. */
export async function uncaughtFaults(
  isCaught: (object: KubernetesObject) => Promise<boolean>,
): Promise<{ checked: number; problems: string[] }> {
  const problems: string[] = [];
  for (const [kind, object] of Object.entries(BASE)) {
    if (await isCaught(object)) problems.push(`a good ${kind} is refused`);
  }
  for (const fault of FAULTS) {
    if (!(await isCaught(withFault(fault)))) problems.push(`not caught: ${fault.title}`);
  }
  return { checked: FAULTS.length, problems };
}

function withFault({ kind, path, value }: Fault): KubernetesObject {
  const object = structuredClone(BASE[kind]);
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let parent: unknown = object;
  for (const step of steps) parent = (parent as Record<string, unknown>)[step];
  const fields = parent as Record<string, unknown>;
  if (value === undefined) delete fields[last];
  else fields[last] = value;
  return object;
}
