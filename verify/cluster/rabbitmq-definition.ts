import { isRecord } from '../../lib/model/merge';
import { at, type KubernetesObject } from '../manifests/objects';
import type { ApiClient } from './client';

/** What the report says of the objects that are judged by it. */
export const RABBITMQ_SCHEMA = 'RabbitmqCluster by its documented fields and the Kubernetes types that it embeds';

type Schema = Readonly<Record<string, unknown>>;
type Schemas = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const texts = { type: 'object', additionalProperties: text };
const quantity = { 'x-kubernetes-int-or-string': true };

function fields(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}

/**
 * The definition of the RabbitMQ Cluster Operator can be had from no registry. This one has the fields of its reference
 * (rabbitmq.com/v1beta1 of the operator 2.x), and what it embeds of Kubernetes as this server knows it: an unknown or
 * misspelt field, a wrong type and a field that this release lacks are found, the operator's own rules are not.
 */
export async function rabbitmqDefinition(client: ApiClient): Promise<KubernetesObject> {
  const [core, apps] = await Promise.all(['api/v1', 'apis/apps/v1'].map((path) => schemasOf(client, path)));
  const known = { ...core, ...apps };
  const names = { kind: 'RabbitmqCluster', listKind: 'RabbitmqClusterList', plural: 'rabbitmqclusters' };
  const metadata = { type: 'object' };
  const openAPIV3Schema = fields({ apiVersion: text, kind: text, metadata, spec: specOf(known) });
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'rabbitmqclusters.rabbitmq.com' },
    spec: {
      group: 'rabbitmq.com',
      names: { ...names, singular: 'rabbitmqcluster' },
      scope: 'Namespaced',
      versions: [{ name: 'v1beta1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  } as unknown as KubernetesObject;
}

async function schemasOf(client: ApiClient, path: string): Promise<Schemas> {
  const { body } = await client.must('GET', `/openapi/v3/${path}`);
  const schemas = at(body, 'components', 'schemas');
  if (!isRecord(schemas)) throw new Error(`The server publishes no schemas of ${path}`);
  return schemas;
}

function specOf(known: Schemas): Schema {
  const embedded = (name: string) => inline(known, { $ref: `#/components/schemas/io.k8s.api.${name}` });
  const positive = { type: 'integer', minimum: 0 };
  return fields({
    replicas: positive,
    image: text,
    imagePullSecrets: list(fields({ name: text })),
    service: fields({
      type: { type: 'string', enum: ['ClusterIP', 'LoadBalancer', 'NodePort'] },
      annotations: texts,
      labels: texts,
      ipFamilyPolicy: { type: 'string', enum: ['SingleStack', 'PreferDualStack', 'RequireDualStack'] },
    }),
    persistence: fields({ storageClassName: text, storage: quantity }),
    resources: embedded('core.v1.ResourceRequirements'),
    affinity: embedded('core.v1.Affinity'),
    tolerations: list(embedded('core.v1.Toleration')),
    rabbitmq: fields({
      additionalPlugins: { ...list({ ...text, pattern: '^\\w+$', maxLength: 100 }), maxItems: 100 },
      additionalConfig: { ...text, maxLength: 100_000 },
      advancedConfig: { ...text, maxLength: 100_000 },
      envConfig: { ...text, maxLength: 100_000 },
      erlangInetConfig: { ...text, maxLength: 2000 },
    }),
    tls: fields({ secretName: text, caSecretName: text, disableNonTLSListeners: { type: 'boolean' } }),
    override: overrideOf(embedded),
    skipPostDeploySteps: { type: 'boolean' },
    terminationGracePeriodSeconds: positive,
    delayStartSeconds: positive,
    secretBackend: fields({ externalSecret: fields({ name: text }), vault: { ...texts } }),
    autoEnableAllFeatureFlags: { type: 'boolean' },
    disableDefaultTopologySpreadConstraints: { type: 'boolean' },
  });
}

/** Every field of an override is optional, and its metadata are labels and annotations. */
function overrideOf(embedded: (name: string) => Schema): Schema {
  const labelled = { labels: texts, annotations: texts };
  const named = fields({ ...labelled, name: text, namespace: text });
  const { required: _, ...statefulSet } = embedded('apps.v1.StatefulSetSpec');
  const properties = isRecord(statefulSet['properties']) ? statefulSet['properties'] : {};
  const claim = fields({
    apiVersion: text,
    kind: text,
    metadata: named,
    spec: embedded('core.v1.PersistentVolumeClaimSpec'),
  });
  const changed = {
    ...properties,
    template: fields({ metadata: named, spec: embedded('core.v1.PodSpec') }),
    volumeClaimTemplates: list(claim),
  };
  return fields({
    statefulSet: fields({ metadata: fields(labelled), spec: { ...statefulSet, properties: changed } }),
    service: fields({ metadata: fields(labelled), spec: embedded('core.v1.ServiceSpec') }),
  });
}

const NUMBER_OR_TEXT = [
  'io.k8s.apimachinery.pkg.api.resource.Quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
];
const KEPT = ['type', 'format', 'required', 'enum'];

/** A schema without references, defaults and list types: a definition must stand alone, and changes nothing here. */
function inline(known: Schemas, schema: unknown): Schema {
  if (!isRecord(schema)) return {};
  const [only] = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  if (only !== undefined) return inline(known, only);
  const name = typeof schema['$ref'] === 'string' ? schema['$ref'].replace('#/components/schemas/', '') : undefined;
  if (name !== undefined) return NUMBER_OR_TEXT.includes(name) ? quantity : inline(known, known[name]);
  const kept = Object.entries(schema).filter(([key]) => KEPT.includes(key));
  const properties = isRecord(schema['properties']) && {
    properties: Object.fromEntries(
      Object.entries(schema['properties']).map(([field, value]) => [field, inline(known, value)]),
    ),
  };
  return {
    ...Object.fromEntries(kept),
    ...properties,
    ...(schema['items'] !== undefined && { items: inline(known, schema['items']) }),
    ...(schema['additionalProperties'] !== undefined && {
      additionalProperties: inline(known, schema['additionalProperties']),
    }),
  };
}
