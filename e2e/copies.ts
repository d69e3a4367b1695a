/** Copies of a service's pod in which one thing is wrong: what no stand-in may put up with. */
import type { Container, EnvVar, PodSpec, Template } from '../test/invariants/manifest';

export interface Copy {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: PodSpec;
}

const NAME = 'app.kubernetes.io/name';
const INSTANCE = 'app.kubernetes.io/instance';

/** Once more for every container, those of the start included. */
function everywhere({ spec, ...copy }: Copy, change: (container: Container) => Container): Copy {
  const { containers, initContainers = [] } = spec;
  return {
    ...copy,
    spec: { ...spec, containers: containers.map(change), initContainers: initContainers.map(change) },
  };
}

/**
 * Network policies go by the name alone; Services, Deployments, budgets and autoscalers by the instance as well: without
 * that label nobody takes the copy for one of theirs. It takes no room of the system's, and ends where it fails.
 */
export function copyOf({ metadata = {}, spec }: Template, name: string, namespace: string): Copy {
  const { [INSTANCE]: _instance, ...labels } = metadata.labels ?? {};
  const copy: Copy = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, annotations: {} },
    spec: { ...spec, restartPolicy: 'Never' },
  };
  return everywhere(copy, (container) => ({
    ...container,
    resources: { ...container.resources, requests: { ...container.resources?.requests, cpu: '1m', memory: '16Mi' } },
  }));
}

/** Which variable holds the password in the address of a store. @throws Error where none does */
export function passwordVariable({ containers }: PodSpec, store: string): string {
  const values = containers.flatMap(({ env = [] }) => env.map(({ value = '' }) => value));
  for (const value of values) {
    const { variable, host } = /:\$\((?<variable>\w+)\)@(?<host>[^:/]+)/.exec(value)?.groups ?? {};
    if (variable !== undefined && host === store) return variable;
  }
  throw new Error(`No variable has the password of ${store}`);
}

/** A variable with another value, wherever it is set. @throws Error where it is not */
export function withValue(copy: Copy, variable: string, value: string): Copy {
  const isMeant = ({ name }: EnvVar): boolean => name === variable;
  if (!copy.spec.containers.some(({ env = [] }) => env.some(isMeant))) throw new Error(`No container has ${variable}`);
  return everywhere(copy, ({ env = [], ...container }) => ({
    ...container,
    env: env.map((own) => (isMeant(own) ? { name: variable, value } : own)),
  }));
}

/** A container that waits for a moment, not for minutes. @throws Error where none waits that long */
export function impatient(copy: Copy, container: string, { from, to }: { from: number; to: number }): Copy {
  const waits = copy.spec.initContainers?.find(({ name }) => name === container)?.command?.includes(String(from));
  if (!waits) throw new Error(`${container} does not wait for ${from} s`);
  return everywhere(copy, ({ command = [], ...own }) => ({
    ...own,
    ...(command.length > 0 && {
      command: command.map((word) => (own.name === container && word === String(from) ? String(to) : word)),
    }),
  }));
}

/** For the network policies it is a pod of another service. */
export function inTheNameOf({ metadata, ...copy }: Copy, service: string): Copy {
  return { ...copy, metadata: { ...metadata, labels: { ...metadata.labels, [NAME]: service } } };
}

/** One file more, which the pod brings along as an annotation. */
export function withFile(copy: Copy, { path, text }: { path: string; text: string }): Copy {
  const { metadata, spec } = copy;
  const volume = {
    name: 'file',
    downwardAPI: { items: [{ path: 'file', fieldRef: { fieldPath: "metadata.annotations['file']" } }] },
  };
  const mount = { name: volume.name, mountPath: path, subPath: 'file' };
  const isOwn = ({ image }: Container): boolean => image === spec.containers[0]?.image;
  return everywhere(
    {
      ...copy,
      metadata: { ...metadata, annotations: { ...metadata.annotations, file: text } },
      spec: { ...spec, volumes: [...(spec.volumes ?? []), volume] },
    },
    (container) =>
      isOwn(container) ? { ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] } : container,
  );
}
