import { join } from 'node:path';
import { cacheFolder } from './cache';
import { type GoProgram, goProgramVersion } from './go';
import type { ModuleFiles } from './module-files';

/** Releases of Kubernetes whose API servers judge the manifests: the oldest that is supported, and the newest that builds. */
export const RELEASES = ['1.28', '1.36'] as const;
export type Release = (typeof RELEASES)[number];

const KUBERNETES = 'k8s.io/kubernetes';

function kubernetes(name: string, release: Release): GoProgram {
  return { name, project: `kubernetes-${release}`, module: KUBERNETES, package: `${KUBERNETES}/cmd/${name}` };
}

function prometheus(name: string): GoProgram {
  const module = 'github.com/prometheus/prometheus';
  return { name, project: 'prometheus', module, package: `${module}/cmd/${name}` };
}

function alertmanager(name: string): GoProgram {
  const module = 'github.com/prometheus/alertmanager';
  const base = { name, project: 'alertmanager', module, package: `${module}/cmd/${name}` };
  // Its pages are built by a release and embedded; alerts need none of them.
  return name === 'amtool' ? base : { ...base, generated: ['ui/app/dist/index.html'] };
}

function exporter(name: string, module: string, folder = ''): GoProgram {
  return { name, project: name.replaceAll('_', '-').replace('prometheus-', ''), module, package: `${module}${folder}` };
}

/** What turns a program's state into metrics, in the versions of the images that the Plan names. */
export const EXPORTERS: readonly GoProgram[] = [
  exporter('postgres_exporter', 'github.com/prometheus-community/postgres_exporter', '/cmd/postgres_exporter'),
  exporter('redis_exporter', 'github.com/oliver006/redis_exporter'),
  exporter('nginx-prometheus-exporter', 'github.com/nginx/nginx-prometheus-exporter'),
  exporter('blackbox_exporter', 'github.com/prometheus/blackbox_exporter'),
  exporter('kube-state-metrics', 'k8s.io/kube-state-metrics/v2'),
];

const prometheusOperator: GoProgram = {
  name: 'prometheus-operator',
  project: 'prometheus-operator',
  module: 'github.com/prometheus-operator/prometheus-operator',
  package: 'github.com/prometheus-operator/prometheus-operator/cmd/operator',
};

/** Go programs, each pinned by the go.mod of its tools module: what the judges of the manifests need. */
export const JUDGE_PROGRAMS: readonly GoProgram[] = [
  { name: 'etcd', project: 'etcd', module: 'go.etcd.io/etcd/server/v3', package: 'go.etcd.io/etcd/server/v3' },
  kubernetes('kube-apiserver', '1.36'),
  kubernetes('kube-controller-manager', '1.36'),
  kubernetes('kube-scheduler', '1.36'),
  kubernetes('kubectl', '1.36'),
  kubernetes('kube-apiserver', '1.28'),
  { name: 'kwok', project: 'kwok', module: 'sigs.k8s.io/kwok', package: 'sigs.k8s.io/kwok/cmd/kwok' },
  {
    name: 'kube-score',
    project: 'kube-score',
    module: 'github.com/zegl/kube-score',
    package: 'github.com/zegl/kube-score/cmd/kube-score',
  },
];

/** What the suites of `programs` need besides. */
const SUITE_PROGRAMS: readonly GoProgram[] = [
  prometheus('prometheus'),
  prometheus('promtool'),
  alertmanager('amtool'),
  alertmanager('alertmanager'),
  ...EXPORTERS,
  prometheusOperator,
  // Ours, of twenty lines: Grafana publishes its schema as a library.
  {
    name: 'dashboard-schema',
    project: 'dashboard-schema',
    module: 'github.com/grafana/grafana-foundation-sdk/go',
    package: '.',
  },
];

export const GO_PROGRAMS: readonly GoProgram[] = [...JUDGE_PROGRAMS, ...SUITE_PROGRAMS];

/** Only for tests on a real node; `setup.ts --node` builds them. */
export const NODE_PROGRAMS: readonly GoProgram[] = [kubernetes('kubelet', '1.36'), kubernetes('kube-proxy', '1.36')];

/** Custom resource definitions, read from the modules that publish them; never committed. */
export const CRDS: readonly (ModuleFiles & { releases: readonly Release[] })[] = [
  {
    name: 'gateway-api-crds',
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.6.3',
    sum: 'h1:lKpJa5bGlraC/QeACvCpsHLdmO6y0iKfzVl6gzaFEYc=',
    files: ['config/crd/standard'],
    releases: ['1.36'],
  },
  {
    // From 1.5 on its CRDs need a server of 1.30: an admission policy and CEL's isIP.
    name: 'gateway-api-crds',
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.4.1',
    sum: 'h1:NPxFutNkKNa8UfLd2CMlEuhIPMQgDQ6DXNKG9sHbJU8=',
    files: ['config/crd/standard'],
    releases: ['1.28'],
  },
  {
    name: 'keda-crds',
    module: 'github.com/kedacore/keda/v2',
    version: 'v2.21.0',
    sum: 'h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=',
    files: ['config/crd/bases'],
    releases: RELEASES,
  },
  {
    name: 'external-secrets-crds',
    module: 'github.com/external-secrets/external-secrets',
    version: 'v1.3.2',
    sum: 'h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=',
    files: ['config/crds/bases'],
    releases: RELEASES,
  },
  {
    name: 'sealed-secrets-crds',
    module: 'github.com/bitnami-labs/sealed-secrets',
    version: 'v0.40.0',
    sum: 'h1:rvCP35JL8ZV5LNA2SrwNR6iLyoM3ulrSFWN0lBtYEYI=',
    files: ['helm/sealed-secrets/crds'],
    releases: RELEASES,
  },
  {
    name: 'prometheus-operator-crds',
    module: prometheusOperator.module,
    version: `v${goProgramVersion(prometheusOperator)}`,
    sum: 'h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=',
    files: ['example/prometheus-operator-crd'],
    releases: RELEASES,
  },
  {
    name: 'cert-manager-crds',
    module: 'github.com/cert-manager/cert-manager',
    version: 'v1.21.2',
    sum: 'h1:UWgoYM+KLNtRlqmoWOKjKBOBUPVHeepQ6/ac3ERJW68=',
    files: ['deploy/crds'],
    releases: RELEASES,
  },
];

/** What kwok does to nodes and pods; the program has none built in. */
export const KWOK_STAGES: ModuleFiles = {
  name: 'kwok-stages',
  module: 'sigs.k8s.io/kwok',
  version: 'v0.8.0',
  sum: 'h1:OTIOTwgROqPMovcTwxICx2eYQ4AwLpSx5EpjbDKF4SQ=',
  files: [
    'kustomize/stage/node/fast/node-initialize.yaml',
    'kustomize/stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
    'kustomize/stage/pod/fast/pod-ready.yaml',
    'kustomize/stage/pod/fast/pod-complete.yaml',
    'kustomize/stage/pod/fast/pod-delete.yaml',
  ],
};

/** Debian packages by name, and the program by which one sees that they are there. */
export const DEBIAN_PACKAGES: readonly { package: string; program: string }[] = [
  { package: 'shellcheck', program: 'shellcheck' },
  { package: 'jq', program: 'jq' },
  { package: 'curl', program: 'curl' },
];

export const CHECKOV = 'checkov';

/** The path of a built Go program; `release` tells the two API servers apart. */
export function goProgram(name: string, release: Release = '1.36'): { path: string; version: string } {
  const program = GO_PROGRAMS.find(
    (candidate) =>
      candidate.name === name && (candidate.module !== KUBERNETES || candidate.project === `kubernetes-${release}`),
  );
  if (!program) throw new Error(`No program ${name} ${release} in the kit`);
  const version = goProgramVersion(program);
  return { path: join(cacheFolder(name, version), name), version };
}
