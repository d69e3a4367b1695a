/** Names, labels, namespaces, versions: what every object has, whatever it is. */

import type { Plan } from '../../lib/model/plan';
import { eachManifest, eachWorkload, type Invariants, one, repeated, some, specOf, unless } from './invariant';
import { componentLabel, instanceLabel, managedByLabel, nameLabel, partOfLabel } from './label-keys';
import type { Manifest } from './manifest';
import { at } from './objects';

const labelKeys = [nameLabel, instanceLabel, componentLabel, partOfLabel, managedByLabel];
const dnsLabel = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const labelValue = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Kubernetes appends to these names, and the sum must stay a label: `-<10 digits>` and `-<8 hex>` of a Job, a revision. */
const longest: Readonly<Record<string, number>> = { CronJob: 52, StatefulSet: 52 };

/** Stable in 1.28, and of no add-on. @see https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
const builtIn = [
  'v1 Namespace',
  'v1 ConfigMap',
  'v1 LimitRange',
  'v1 PersistentVolumeClaim',
  'v1 ResourceQuota',
  'v1 Service',
  'v1 ServiceAccount',
  'apps/v1 Deployment',
  'apps/v1 StatefulSet',
  'autoscaling/v2 HorizontalPodAutoscaler',
  'batch/v1 CronJob',
  'batch/v1 Job',
  'networking.k8s.io/v1 Ingress',
  'networking.k8s.io/v1 NetworkPolicy',
  'policy/v1 PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1 Role',
  'rbac.authorization.k8s.io/v1 RoleBinding',
];

/** What an add-on brings, by the group that asks for it. */
/** Nodes are no object of a namespace, so rights on them are none either. */
const clusterScoped = ['Namespace', 'ClusterRole', 'ClusterRoleBinding'];

function asksKubelets(plan: Plan): boolean {
  return plan.monitors?.servers !== undefined && plan.resourceMetrics === 'kubelet';
}

const addOns: Readonly<Record<string, (plan: Parameters<Invariants[string]['check']>[1]) => boolean>> = {
  'rbac.authorization.k8s.io/v1 ClusterRole': asksKubelets,
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': asksKubelets,
  'cert-manager.io/v1 Certificate': ({ edge }) => edge.tls.by === 'cert-manager',
  'external-secrets.io/v1 ExternalSecret': ({ secretsProvider }) => secretsProvider.provider === 'external-secrets',
  'bitnami.com/v1alpha1 SealedSecret': ({ secretsProvider }) => secretsProvider.provider === 'sealed-secrets',
  'keda.sh/v1alpha1 ScaledObject': ({ keda }) => keda,
  'keda.sh/v1alpha1 TriggerAuthentication': ({ keda }) => keda,
};

function identity({ apiVersion, kind, metadata }: Manifest): string {
  const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  return [group, kind, metadata.namespace ?? '', metadata.name].join('/');
}

export const identityInvariants: Invariants = {
  'no two objects are the same object': {
    check: ({ manifests }) => repeated(manifests.map(identity)).map((key) => `${key} is emitted twice`),
    broken: {
      'an object is emitted twice': ({ manifests }) => {
        (manifests as Manifest[]).push(some(manifests));
      },
    },
  },

  'every object carries the five labels, with their meaning': {
    rules: 'kube-linter required-label-owner; kube-score label-values',
    check: eachManifest(({ metadata }, plan) => {
      const labels = metadata.labels ?? {};
      return [
        ...labelKeys.filter((key) => !labels[key]).map((key) => `no label ${key}`),
        ...unless(labels[instanceLabel] === plan.namespace, `${instanceLabel} is not the namespace`),
        ...unless(labels[partOfLabel] === plan.system.id, `${partOfLabel} is not the system`),
        ...unless(labels[managedByLabel] === 'keelson', `${managedByLabel} is not keelson`),
      ];
    }),
    broken: {
      'a label is missing': (objects) => delete one(objects, 'Ingress').metadata.labels?.[componentLabel],
      'another instance': (objects) => {
        one(objects, 'Service').metadata.labels = { [instanceLabel]: 'elsewhere' };
      },
    },
  },

  'every label has a value that Kubernetes takes': {
    rules: 'kube-score label-values',
    check: eachManifest(({ metadata, spec }) =>
      Object.entries({ ...metadata.labels, ...spec?.template?.metadata?.labels })
        .filter(([, value]) => !labelValue.test(value))
        .map(([key, value]) => `label ${key} has the value "${value}"`),
    ),
    broken: {
      'a value with a space': (objects) => {
        one(objects, 'Service').metadata.labels = { [nameLabel]: 'the backend' };
      },
    },
  },

  'pods carry the labels of the workload that makes them': {
    check: eachWorkload(({ manifest, labels }) =>
      labelKeys
        .filter((key) => labels[key] !== manifest.metadata.labels?.[key])
        .map((key) => `its pods have ${key} ${labels[key]}`),
    ),
    broken: {
      'pods of another component': (objects) => {
        const { metadata } = some(objects.workloads).template;
        if (metadata?.labels) metadata.labels[componentLabel] = 'other';
      },
    },
  },

  'the name of a workload is unique among all pods': {
    // A Job that a person starts again (`<job>-again`, suspended) is the same workload as the Job itself.
    check: ({ workloads }) => {
      const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];
      const names = workloads.filter(({ manifest }) => kinds.includes(manifest.kind)).map(({ name }) => name);
      const others = workloads.filter(({ manifest, name }) => manifest.kind === 'CronJob' && names.includes(name));
      return [
        ...repeated(names).map((name) => `several workloads have pods called ${name}`),
        ...others
          .filter(({ name }) => !workloads.some(({ manifest, name: job }) => manifest.kind === 'Job' && job === name))
          .map((workload) => `${workload.at}: shares its name with a workload that is no Job`),
      ];
    },
    broken: {
      'a Job with the name of a service': (objects) => {
        const deployment = some(objects.workloadsOf('Deployment'));
        some(objects.workloadsOf('Job')).template.metadata = { labels: { [nameLabel]: deployment.name } };
      },
    },
  },

  'every name is a DNS label that leaves room for what Kubernetes appends': {
    rules: 'kube-linter schema-validation',
    check: eachManifest(({ kind, metadata }) =>
      unless(
        dnsLabel.test(metadata.name) && metadata.name.length <= (longest[kind] ?? 63),
        `cannot be called that: ${metadata.name.length} characters`,
      ),
    ),
    broken: {
      'a name of 64 characters': (objects) => {
        one(objects, 'Service').metadata.name = 'a'.repeat(64);
      },
      'a name with an underscore': (objects) => {
        one(objects, 'ConfigMap').metadata.name = 'a_b';
      },
      'a CronJob whose Jobs would have too long a name': (objects) => {
        one(objects, 'CronJob').metadata.name = 'a'.repeat(53);
      },
    },
  },

  'every object is in the one namespace, which is emitted first': {
    rules: 'kube-linter use-namespace; CKV_K8S_21; kubescape C-0061',
    check: ({ manifests }, plan) => [
      ...unless(
        manifests[0]?.kind === 'Namespace' && manifests[0].metadata.name === plan.namespace,
        'no namespace first',
      ),
      ...manifests
        .filter(
          ({ kind, metadata }) => (metadata.namespace ?? '') !== (clusterScoped.includes(kind) ? '' : plan.namespace),
        )
        .map((manifest) => `${at(manifest)}: is in "${manifest.metadata.namespace}"`),
    ],
    broken: {
      'an object says no namespace': (objects) => delete one(objects, 'Service').metadata.namespace,
      'an object is elsewhere': (objects) => {
        one(objects, 'Role').metadata.namespace = 'kube-system';
      },
      'no namespace is made': (objects) => {
        (objects.manifests as Manifest[]).shift();
      },
    },
  },

  'nothing is cluster-scoped but the namespace and rights on the kubelets’ metrics, and every kind is stable or asked for':
    {
      rules:
        'kube-score stable-version; kube-linter no-extensions-v1beta, cluster-admin-role-binding; Polaris priorityClassNotSet (exempt: immutable, cluster-scoped)',
      check: eachManifest(({ apiVersion, kind }, plan) => {
        const type = `${apiVersion} ${kind}`;
        return unless(
          builtIn.includes(type) || addOns[type]?.(plan) === true,
          `${type} is neither built in nor asked for`,
        );
      }),
      broken: {
        'a PriorityClass': (objects) => {
          one(objects, 'Role').kind = 'PriorityClass';
        },
        'a beta version': (objects) => {
          one(objects, 'HorizontalPodAutoscaler').apiVersion = 'autoscaling/v2beta2';
        },
        'a Secret': (objects) => {
          one(objects, 'ConfigMap').kind = 'Secret';
        },
        'an add-on that nobody asked for': (objects) => {
          Object.assign(one(objects, 'Deployment'), { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' });
        },
      },
    },

  'selectors are the name and the instance alone, and select the pods beside them': {
    rules: 'kube-linter mismatching-selector; kube-score deployment-selector-match',
    check: eachWorkload(({ manifest, labels }) => {
      const selector = manifest.spec?.selector?.matchLabels;
      if (!['Deployment', 'StatefulSet'].includes(manifest.kind))
        return unless(selector === undefined, 'has a selector');
      const keys = Object.keys(selector ?? {}).sort();
      return [
        ...unless(keys.join() === [instanceLabel, nameLabel].join(), `selects by ${keys.join(', ') || 'nothing'}`),
        ...keys.filter((key) => selector?.[key] !== labels[key]).map((key) => `does not select its own pods by ${key}`),
      ];
    }),
    broken: {
      'a version in a selector': (objects) => {
        specOf(objects, 'Deployment').selector = { matchLabels: { version: '1' } } as never;
      },
      'a selector of other pods': (objects) => {
        const { selector } = specOf(objects, 'Deployment');
        if (selector?.matchLabels) selector.matchLabels[nameLabel] = 'other';
      },
    },
  },

  'no annotation is one of the retired ingress-nginx, or a snippet': {
    rules: 'kubescape C-0292; kube-linter exposed-services',
    check: eachManifest(({ metadata }) =>
      Object.keys(metadata.annotations ?? {})
        .filter((key) => key.startsWith('nginx.ingress.kubernetes.io/') || key.includes('snippet'))
        .map((key) => `annotation ${key}`),
    ),
    broken: {
      'a rewrite for ingress-nginx': (objects) => {
        one(objects, 'Ingress').metadata.annotations = { 'nginx.ingress.kubernetes.io/rewrite-target': '/' };
      },
    },
  },
};
