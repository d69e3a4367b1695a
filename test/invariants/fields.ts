/** What must not stand in any object: lost data, fields that 1.28 drops, secret values. */
import { wrongTypes } from '../../lib/kubernetes/patched/types';
import { unknownFields } from '../../lib/kubernetes/patches';
import { eachManifest, eachWorkload, type Invariants, mainOf, one, some, specOf, unless } from './invariant';
import type { Manifest } from './manifest';

interface Leaf {
  readonly path: string;
  readonly key: string;
  readonly value: unknown;
}

/** Every value of an object, with its path; list items without their index. */
function leaves(value: unknown, path = '', key = ''): Leaf[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item) => leaves(item, `${path}[]`, key));
  const entries = value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
  if (entries.length === 0) return [{ path, key, value }];
  return entries.flatMap(([name, item]) => leaves(item, path === '' ? name : `${path}.${name}`, name));
}

/** An empty selector selects everything, which `network.ts` looks at; the core group has no name; templates fail closed. */
const mayBeEmpty = ['spec.podSelector', 'rules[].apiGroups[]', 'spec.volumeClaimTemplates[].spec.storageClassName'];

function empty({ value }: Leaf): boolean {
  return (
    value === null ||
    value === undefined ||
    value === '' ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );
}

/**
 * Accepted by 1.28 and not kept, because their gates are closed there, even under strict validation; tried on a server
 * (production.md §5), the rest by the list of gates.
 * @see https://v1-28.docs.kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
 */
const dropped = [
  /initContainers\[\]\.restartPolicy$/,
  /\.hostUsers$/,
  /\.resizePolicy\[\]/,
  /\.podReplacementPolicy$/,
  /\.(backoffLimitPerIndex|maxFailedIndexes)$/,
  /\.resourceClaims\[\]/,
  /\.procMount$/,
  /updateStrategy\.rollingUpdate\.maxUnavailable$/,
  /\.volumeAttributesClassName$/,
];

/** Never a value of any credential; checksums and digests are shorter, or say what they are. */
const secretTexts: Readonly<Record<string, RegExp>> = {
  'a private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]/,
  'a key of AWS': /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  'a token of a forge or a chat': /\b(gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,})/,
  'a JWT': /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\./,
  'a URL with a password': /:\/\/[^\s:/@]+:(?!\$[({])[^\s:/@$]+@/,
  'random hex': /(?<!sha256:)\b[0-9a-f]{32,}\b/,
};

const secretName = /pass(word|wd)?$|secret|token|api_?key|credential|private/i;

/** A path, a composition of other variables, a number or a switch is no secret, whatever its name. */
const harmless = /^\/|^\$\(|^\d+[smh]?$|^(true|false|yes|no|on|off)$/;

function literals({ data, spec }: Manifest): [string, string][] {
  const containers = [spec?.template, spec?.jobTemplate?.spec.template].flatMap((template) => [
    ...(template?.spec.initContainers ?? []),
    ...(template?.spec.containers ?? []),
  ]);
  const env = containers.flatMap((container) => container.env ?? []);
  return [...Object.entries(data ?? {}), ...env.map(({ name, value = '' }): [string, string] => [name, value])];
}

export const fieldInvariants: Invariants = {
  'nothing is empty where something was lost': {
    rules: 'cdk8s.md trap 1: empty requests, rollingUpdate, preStop, ports',
    check: eachManifest(({ file: _, ...manifest }) =>
      leaves(manifest)
        .filter((leaf) => empty(leaf) && !mayBeEmpty.includes(leaf.path) && !leaf.path.startsWith('data.'))
        .map(({ path }) => `${path} is empty`),
    ),
    broken: {
      'a size that was lost': (objects) => {
        specOf(objects, 'PersistentVolumeClaim').resources = { requests: {} };
      },
      'a hook that was lost': (objects) => {
        mainOf(objects).lifecycle = { preStop: {} };
      },
      'a null': (objects) => {
        specOf(objects, 'Service').type = null as never;
      },
    },
  },

  'every field is one that Kubernetes 1.28 knows': {
    rules: 'kube-linter schema-validation',
    check: eachManifest(({ file: _, ...manifest }) =>
      (unknownFields(manifest) ?? []).map((field) => `${field} is no field of 1.28`),
    ),
    broken: {
      'a sleep of later releases': (objects) => {
        mainOf(objects).lifecycle = { preStop: { sleep: { seconds: 5 } } as never };
      },
      'a field of nobody': (objects) => {
        specOf(objects, 'Service')['trafficDistribution'] = 'PreferClose';
      },
    },
  },

  'every field is of its type, and none that Kubernetes requires is missing': {
    rules: 'kube-linter schema-validation',
    check: eachManifest(({ file: _, ...manifest }) =>
      wrongTypes(manifest).map(({ field, found, wanted }) => `${field} is ${found}, not ${wanted}`),
    ),
    broken: {
      'a count in words': (objects) => {
        Object.assign(specOf(objects, 'StatefulSet'), { replicas: 'two' });
      },
      'a port that is a text': (objects) => {
        Object.assign(some(specOf(objects, 'Service').ports ?? []), { port: '80' });
      },
      'no containers': (objects) => {
        Object.assign(some(objects.workloadsOf('Deployment')).pod, { containers: undefined });
      },
      'a size in words': (objects) => {
        Object.assign(specOf(objects, 'PersistentVolumeClaim'), { resources: { requests: { storage: 'much' } } });
      },
    },
  },

  'no field is one that 1.28 takes and drops': {
    rules: 'production.md §5, tried on 1.28.15',
    check: eachManifest(({ file: _, ...manifest }) =>
      leaves(manifest)
        .filter(({ path }) => dropped.some((pattern) => pattern.test(path)))
        .map(({ path }) => `${path} would be dropped`),
    ),
    broken: {
      'a sidecar among the init containers': (objects) => {
        some(objects.containers.filter(({ init }) => init)).container.restartPolicy = 'Always';
      },
      'users of the host': (objects) => {
        some(objects.workloads).pod['hostUsers'] = false;
      },
      'a resize policy': (objects) => {
        mainOf(objects)['resizePolicy'] = [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }];
      },
    },
  },

  'no text is a secret': {
    rules: 'ARCHITECTURE.md: no secret value is ever synthesized; kubescape C-0012; CKV_SECRET',
    check: eachManifest(({ file: _, ...manifest }) =>
      leaves(manifest).flatMap(({ path, value }) =>
        Object.entries(secretTexts)
          .filter(([, pattern]) => pattern.test(String(value)))
          .map(([what]) => `${path} holds ${what}`),
      ),
    ),
    broken: {
      'a password in a URL': (objects) => {
        mainOf(objects).env = [{ name: 'DATABASE_URL', value: 'postgresql://app:hunter2@db:5432/app' }];
      },
      'random bytes': (objects) => {
        one(objects, 'ConfigMap').data = { anything: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c' };
      },
      'a private key': (objects) => {
        one(objects, 'ConfigMap').data = { 'tls.key': '-----BEGIN PRIVATE KEY-----\nMIIE' };
      },
      'a key of AWS': (objects) => {
        mainOf(objects).args = ['--key', 'AKIAIOSFODNN7EXAMPLE'];
      },
    },
  },

  'nothing that is called a secret has a literal value': {
    rules:
      'kube-linter env-var-secret; Polaris sensitiveContainerEnvVar, sensitiveConfigmapContent; kubescape C-0012; kubesec Secrets',
    check: eachManifest((manifest) =>
      literals(manifest)
        .filter(([name, value]) => secretName.test(name) && value !== '' && !harmless.test(value))
        .map(([name]) => `${name} has a literal value`),
    ),
    broken: {
      'a variable': (objects) => {
        mainOf(objects).env = [{ name: 'DB_PASSWORD', value: 'hunter2' }];
      },
      'a setting': (objects) => {
        one(objects, 'ConfigMap').data = { API_TOKEN: 'hunter2' };
      },
    },
  },

  'credentials come from Secrets by key, never by the whole Secret': {
    check: eachWorkload(({ pod }) =>
      [...(pod.initContainers ?? []), ...pod.containers].flatMap(({ name, envFrom = [] }) =>
        unless(!envFrom.some(({ secretRef }) => secretRef), `${name} takes every key of a Secret`),
      ),
    ),
    broken: {
      'a whole Secret': (objects) => {
        mainOf(objects).envFrom = [{ secretRef: { name: 'all' } }];
      },
    },
  },
};
