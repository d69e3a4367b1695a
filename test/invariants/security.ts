/** The golden pod: Pod Security `restricted`, and what goes beyond it. */
import { type Check, eachContainer, eachWorkload, type Invariants, mainOf, one, some, unless } from './invariant';
import type { Container, PodSpec } from './manifest';

/** @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
const volumeTypes = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const forbiddenInPod = [
  ...['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers', 'hostAliases', 'shareProcessNamespace'],
  ...['serviceAccount', 'priorityClassName', 'dnsConfig', 'nodeName', 'ephemeralContainers'],
];

/** Users and groups below may be those of the node's own accounts. */
const firstUser = 10000;

/** By the document (`app` of nestjs-api) or by the image (pgAdmin), whose files belong to them: see `exemptions.ts`. */
const statedUsers = [1001, 5050];

function isNobody(id: number | undefined): boolean {
  return id !== undefined && (id >= firstUser || statedUsers.includes(id));
}

function podOf(kind: string, objects: Parameters<Check>[0]): PodSpec {
  return some(objects.workloadsOf(kind)).pod;
}

function actionsOf({ startupProbe, readinessProbe, livenessProbe, lifecycle }: Container) {
  const all = [startupProbe, readinessProbe, livenessProbe, lifecycle?.preStop, lifecycle?.postStart];
  return all.filter((action) => action !== undefined);
}

/** What monitoring may look at. Never Secrets, ConfigMaps, or the proxy of a node, which runs commands in any pod. */
const looked: Readonly<Record<string, readonly string[]>> = {
  Role: ['pods', 'deployments', 'statefulsets', 'horizontalpodautoscalers', 'cronjobs', 'jobs'],
  ClusterRole: ['nodes', 'nodes/metrics'],
};

export const securityInvariants: Invariants = {
  'pods share nothing with their node': {
    rules:
      'kube-linter host-ipc, host-network, host-pid, docker-sock, sensitive-host-mounts, writable-host-mount, deprecated-service-account-field; Polaris hostIPCSet, hostPIDSet, hostNetworkSet, hostPathSet; kubescape C-0038, C-0041, C-0045, C-0048; kubesec HostNetwork, HostPID, HostIPC, DockerSock, HostAliases',
    check: eachWorkload(({ pod }) => [
      ...forbiddenInPod.filter((field) => field in pod).map((field) => `has ${field}`),
      ...(pod.volumes ?? []).flatMap(({ name, ...source }) =>
        Object.keys(source)
          .filter((type) => !volumeTypes.includes(type))
          .map((type) => `volume ${name} is a ${type}`),
      ),
    ]),
    broken: {
      'the host network': (objects) => {
        podOf('Deployment', objects)['hostNetwork'] = true;
      },
      'a folder of the node': (objects) => {
        podOf('Job', objects).volumes = [{ name: 'node', hostPath: { path: '/' } }];
      },
    },
  },

  'pods run as a numbered user and group of nobody, with the runtime’s seccomp profile': {
    rules:
      'kube-linter run-as-non-root; Polaris runAsRootAllowed, linuxHardening; kubescape C-0013, C-0055; kubesec RunAsNonRoot, RunAsUser, RunAsGroup, SeccompAny; kube-score container-security-context-user-group-id; CKV_K8S_40',
    check: eachWorkload(({ pod: { securityContext } }) => [
      ...unless(securityContext?.runAsNonRoot === true, 'may run as root'),
      ...unless(isNobody(securityContext?.runAsUser), `runs as user ${securityContext?.runAsUser}`),
      ...unless(isNobody(securityContext?.runAsGroup), `runs as group ${securityContext?.runAsGroup}`),
      ...unless(securityContext?.fsGroup === securityContext?.runAsGroup, 'volumes belong to another group'),
      ...unless(securityContext?.fsGroupChangePolicy === 'OnRootMismatch', 'volumes are changed at every mount'),
      ...unless(securityContext?.seccompProfile?.type === 'RuntimeDefault', 'has no seccomp profile'),
      ...['sysctls', 'seLinuxOptions', 'windowsOptions', 'supplementalGroups']
        .filter((field) => field in (securityContext ?? {}))
        .map((field) => `has ${field}`),
    ]),
    broken: {
      root: (objects) => {
        podOf('Deployment', objects).securityContext = { runAsNonRoot: false };
      },
      'a user of the node': (objects) => {
        Object.assign(podOf('StatefulSet', objects).securityContext ?? {}, { runAsUser: 999 });
      },
      'no number': (objects) => delete podOf('Job', objects).securityContext?.runAsUser,
      'no profile': (objects) => delete podOf('Deployment', objects).securityContext?.seccompProfile,
      'a sysctl': (objects) => {
        Object.assign(podOf('Deployment', objects).securityContext ?? {}, { sysctls: [] });
      },
    },
  },

  'containers have no privilege, no capability and a read-only root': {
    rules:
      'kube-linter privileged-container, privilege-escalation-container, drop-net-raw-capability, no-read-only-root-fs, unsafe-proc-mount; Polaris runAsPrivileged, privilegeEscalationAllowed, dangerousCapabilities, insecureCapabilities, notReadOnlyRootFilesystem; kubescape C-0057, C-0016, C-0046, C-0017; kubesec Privileged, CapDropAll, ReadOnlyRootFilesystem, AllowPrivilegeEscalation',
    check: eachContainer(({ container: { securityContext } }) => [
      ...unless(securityContext?.privileged === false, 'may be privileged'),
      ...unless(securityContext?.allowPrivilegeEscalation === false, 'may gain privileges'),
      ...unless(securityContext?.readOnlyRootFilesystem === true, 'writes to its root'),
      ...unless(securityContext?.runAsNonRoot !== false, 'may run as root'),
      ...unless(securityContext?.capabilities?.drop?.join() === 'ALL', 'keeps capabilities'),
      ...unless(securityContext?.capabilities?.add === undefined, 'adds capabilities'),
      ...['procMount', 'seLinuxOptions', 'windowsOptions', 'runAsUser', 'runAsGroup']
        .filter((field) => field in (securityContext ?? {}))
        .map((field) => `has ${field} of its own`),
    ]),
    broken: {
      privileged: (objects) => {
        Object.assign(mainOf(objects).securityContext ?? {}, { privileged: true });
      },
      'an init container without context': (objects) => {
        delete some(objects.containers.filter(({ init }) => init)).container.securityContext;
      },
      'a capability': (objects) => {
        Object.assign(mainOf(objects, 'StatefulSet').securityContext?.capabilities ?? {}, {
          add: ['NET_BIND_SERVICE'],
        });
      },
      'a writable root': (objects) => delete mainOf(objects).securityContext?.readOnlyRootFilesystem,
      'a user of its own': (objects) => {
        Object.assign(mainOf(objects).securityContext ?? {}, { runAsUser: 0 });
      },
    },
  },

  'probes and hooks ask the pod itself': {
    rules: 'Pod Security baseline from 1.34: check_hostProbesAndhostLifecycle',
    check: eachContainer(({ container }) =>
      actionsOf(container)
        .filter(({ httpGet, tcpSocket }) => (httpGet?.host ?? tcpSocket?.host) !== undefined)
        .map(() => 'names a host'),
    ),
    broken: {
      'a host in a probe': (objects) => {
        mainOf(objects).livenessProbe = { tcpSocket: { port: 80, host: '10.0.0.1' } };
      },
    },
  },

  'every pod has an account of its own, and a token only where it talks to the API server': {
    rules:
      'kube-linter default-service-account, non-existent-service-account; Polaris automountServiceAccountToken; kubescape C-0034, C-0053; kubesec ServiceAccountName, AutomountServiceAccountToken; CKV_K8S_38, 41, 42',
    check: (objects, plan) => [
      ...objects.workloads.flatMap(({ at, name, pod }) => {
        const token = plan.workloads.find((workload) => workload.name === name)?.apiServer === true;
        return [
          ...unless(pod.serviceAccountName === name, `${at}: runs as ${pod.serviceAccountName}`),
          ...unless(objects.find('ServiceAccount', name) !== undefined, `${at}: its account does not exist`),
          ...unless(pod.automountServiceAccountToken === token, `${at}: the token is not ${token}`),
        ];
      }),
      ...objects
        .ofKind('ServiceAccount')
        .filter(({ automountServiceAccountToken }) => automountServiceAccountToken !== false)
        .map(({ metadata }) => `ServiceAccount/${metadata.name}: mounts its token`),
    ],
    broken: {
      'the default account': (objects) => delete podOf('Deployment', objects).serviceAccountName,
      'a token for a service': (objects) => {
        podOf('Deployment', objects).automountServiceAccountToken = true;
      },
      'an account that mounts its token': (objects) => {
        one(objects, 'ServiceAccount').automountServiceAccountToken = true;
      },
    },
  },

  'Roles grant no more than making Secrets, and monitoring a look at pods and their controllers': {
    rules:
      'kube-linter access-to-create-pods, access-to-secrets, wildcard-in-rules, cluster-admin-role-binding; Polaris clusterrolePodExecAttach, rolebindingClusterAdminRole; kubescape C-0002, C-0007, C-0015, C-0031, C-0035, C-0037; CKV_K8S_49, 155-158',
    check: (objects, plan) =>
      [...objects.ofKind('Role'), ...objects.ofKind('ClusterRole')].flatMap(({ kind, metadata, rules }) =>
        (rules ?? []).flatMap(({ apiGroups, resources, verbs }) => {
          const creates = apiGroups?.join() === '' && resources?.join() === 'secrets' && verbs.join() === 'create';
          const bootstrap = plan.secretsProvider.provider === 'bootstrap';
          const looks =
            metadata.labels?.['app.kubernetes.io/component'] === 'monitoring' &&
            (resources ?? []).every((resource) => looked[kind]?.includes(resource)) &&
            verbs.every((verb) => ['get', 'list', 'watch'].includes(verb));
          return unless((creates && bootstrap) || looks, `${kind}/${metadata.name}: grants ${verbs} on ${resources}`);
        }),
      ),
    broken: {
      'a wildcard': (objects) => {
        one(objects, 'Role').rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
      },
      'reading Secrets': (objects) => {
        one(objects, 'Role').rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['create', 'get'] }];
      },
      'a node’s proxy': (objects) => {
        one(objects, 'ClusterRole').rules = [{ apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] }];
      },
    },
  },
};
