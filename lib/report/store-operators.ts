/** What the operators of stores ask of a cluster. */
import type { Plan } from '../model/plan';
import { type Prerequisite, prerequisite } from './prerequisite';

/** What copies the files of CloudNativePG's instances. */
function instanceBackups({ backup, backupTarget, stores }: Plan): Prerequisite[] {
  const copied = stores.some(
    ({ engine, name }) => engine === 'cloudnative-pg' && backup?.subjects.some((subject) => subject.name === name),
  );
  if (!copied) return [];
  return backupTarget.to === 's3'
    ? [
        prerequisite(
          "CloudNativePG's Barman Cloud plugin, with cert-manager",
          'it copies the files of the databases into the bucket, with every change since',
          'kubectl get crd objectstores.barmancloud.cnpg.io',
        ),
      ]
    : [
        prerequisite(
          'a CSI driver with volume snapshots, and a default VolumeSnapshotClass',
          'CloudNativePG takes snapshots of the databases, besides the dumps',
          'kubectl get volumesnapshotclass',
        ),
      ];
}

/** The operators themselves, where a store is run by one. */
export function storeOperators(plan: Plan): Prerequisite[] {
  const engines = plan.stores.map(({ engine }) => engine);
  return [
    ...(engines.includes('cloudnative-pg')
      ? [
          prerequisite(
            'CloudNativePG 1.27 or newer',
            'it runs PostgreSQL',
            'kubectl get crd clusters.postgresql.cnpg.io',
          ),
          ...instanceBackups(plan),
        ]
      : []),
    ...(engines.includes('rabbitmq-cluster-operator')
      ? [
          prerequisite(
            'the RabbitMQ Cluster Operator',
            'it runs RabbitMQ',
            'kubectl get crd rabbitmqclusters.rabbitmq.com',
          ),
        ]
      : []),
  ];
}
