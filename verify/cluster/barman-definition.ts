import type { KubernetesObject } from '../manifests/objects';

/** What the report says of the objects that are judged by it. */
export const BARMAN_SCHEMA = 'ObjectStore by its documented fields';

type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };

function fields(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', properties, ...(required.length > 0 && { required }) };
}

const selector = fields({ name: text, key: text }, ['name', 'key']);
const files = { encryption: { ...text, enum: ['AES256', 'aws:kms'] }, jobs: { type: 'integer' } };
const archived = { ...files, compression: { ...text, enum: ['bzip2', 'gzip', 'lz4', 'snappy', 'xz', 'zstd'] } };
const copied = { ...files, compression: { ...text, enum: ['bzip2', 'gzip', 'lz4', 'snappy'] } };

const configuration = fields(
  {
    destinationPath: text,
    endpointURL: text,
    endpointCA: selector,
    serverName: text,
    s3Credentials: fields({
      accessKeyId: selector,
      secretAccessKey: selector,
      region: selector,
      inheritFromIAMRole: { type: 'boolean' },
    }),
    wal: fields({ ...archived, maxParallel: { type: 'integer' } }),
    data: fields({ ...copied, immediateCheckpoint: { type: 'boolean' } }),
  },
  ['destinationPath'],
);

const env = { type: 'array', items: fields({ name: text, value: text }, ['name']) };
const spec = fields(
  {
    configuration,
    retentionPolicy: { ...text, pattern: '^[1-9][0-9]*[dwm]$' },
    instanceSidecarConfiguration: fields({ env, logLevel: text }),
  },
  ['configuration'],
);

/**
 * The definition of CloudNativePG's Barman Cloud plugin can be had from no registry. This one has the fields of its
 * reference (barmancloud.cnpg.io/v1 of the plugin 0.11) as far as S3 goes: an unknown or misspelt field, a wrong type and a
 * wrong word are found.
 * @see https://cloudnative-pg.io/plugin-barman-cloud/docs/plugin-barman-cloud.v1/
 */
export function barmanDefinition(): KubernetesObject {
  const openAPIV3Schema = fields({ apiVersion: text, kind: text, metadata: { type: 'object' }, spec }, ['spec']);
  const names = { kind: 'ObjectStore', listKind: 'ObjectStoreList', plural: 'objectstores', singular: 'objectstore' };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'objectstores.barmancloud.cnpg.io' },
    spec: {
      group: 'barmancloud.cnpg.io',
      names,
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  } as unknown as KubernetesObject;
}
