/** What leads to pods: Services, and the way in. */
import type { Plan } from '../../lib/model/plan';
import { type Check, type Invariants, repeated, some, specOf, unless } from './invariant';
import type { Manifest } from './manifest';
import { at, type ObjectSet, type Workload } from './objects';

const running = ['Deployment', 'StatefulSet'];

function behind(objects: ObjectSet, { spec }: Manifest): readonly Workload[] {
  return objects.selected({ matchLabels: spec?.selector ?? {} });
}

const services: Check = (objects) =>
  objects.ofKind('Service').flatMap((service) => {
    const pods = behind(objects, service);
    const ports = pods.flatMap(({ pod }) => pod.containers.flatMap((container) => container.ports ?? []));
    const targets = (service.spec?.ports ?? []).map(({ targetPort }) => targetPort);
    return [
      ...unless(pods.length === 1, `${at(service)}: selects ${pods.length} workloads`),
      ...pods
        .filter(({ manifest }) => !running.includes(manifest.kind))
        .map((pod) => `${at(service)}: selects ${pod.at}`),
      ...targets
        .filter((target) => !ports.some(({ name, containerPort }) => target === name || target === containerPort))
        .map((target) => `${at(service)}: leads to port ${target}, which its pods do not have`),
    ];
  });

const servicePorts: Check = (objects) =>
  objects.ofKind('Service').flatMap((service) => {
    const ports = service.spec?.ports ?? [];
    return [
      ...repeated(ports.map(({ port }) => String(port))).map((port) => `${at(service)}: has port ${port} twice`),
      ...repeated(ports.map(({ name }) => name ?? '')).map((name) => `${at(service)}: two ports are called "${name}"`),
      ...ports
        .filter(({ name = '', port }) => !/^[a-z]([a-z0-9-]{0,13}[a-z0-9])?$/.test(name) || port < 1 || port > 65535)
        .map(({ name, port }) => `${at(service)}: port ${port} is called "${name}"`),
    ];
  });

/** Names and ports by which the system's file says a workload is reached. */
function addresses({ services: web, stores, tools }: Plan): { name: string; port: number }[] {
  const inside = stores.filter(({ engine }) => engine === 'statefulset');
  return [...web, ...inside, ...tools].flatMap(({ name, ports }) => ports.map(({ port }) => ({ name, port })));
}

const drawnNames: Check = (objects, plan) =>
  addresses(plan).flatMap(({ name, port }) => {
    const service = objects.find('Service', name);
    const answers = service?.spec?.ports?.some((offered) => offered.port === port) === true;
    return unless(answers, `nothing answers at ${name}:${port}`);
  });

const outside: Check = (objects, { edge }) =>
  objects.ofKind('Service').flatMap((service) => {
    const { type, ports = [] } = service.spec ?? {};
    const balanced = edge.kind === 'load-balancer' && service.metadata.name === edge.proxy;
    return [
      ...unless(type === (balanced ? 'LoadBalancer' : 'ClusterIP'), `${at(service)}: is a ${type}`),
      ...unless(service.spec?.externalIPs === undefined, `${at(service)}: has external addresses`),
      ...ports.filter(({ nodePort }) => nodePort).map(() => `${at(service)}: takes a port of every node`),
    ];
  });

const statefulSets: Check = (objects) =>
  objects.workloadsOf('StatefulSet').flatMap((workload) => {
    const service = objects.find('Service', workload.manifest.spec?.serviceName ?? '');
    const names =
      service !== undefined && service.spec?.clusterIP === 'None' && behind(objects, service).includes(workload);
    return unless(names, `${workload.at}: has no headless Service`);
  });

const ingresses: Check = (objects, { edge }) =>
  objects.ofKind('Ingress').flatMap((ingress) => {
    const { rules = [], tls = [], ingressClassName } = ingress.spec ?? {};
    const backends = rules.flatMap(({ http }) => http?.paths.map(({ backend }) => backend.service) ?? []);
    const hosts = rules.map(({ host }) => host ?? '').sort();
    const wanted = [...edge.hosts, ...(edge.cdn === undefined ? [] : [edge.cdn.host])].sort();
    return [
      ...backends.flatMap((backend) => {
        const ports = objects.find('Service', backend?.name ?? '')?.spec?.ports ?? [];
        const { name, number } = backend?.port ?? {};
        const known = ports.some((port) => port.port === number || (name !== undefined && port.name === name));
        return unless(known, `${at(ingress)}: leads to ${backend?.name}, which has no port ${number ?? name}`);
      }),
      ...unless(backends.length > 0, `${at(ingress)}: leads nowhere`),
      ...unless(hosts.join() === wanted.join(), `${at(ingress)}: is for ${hosts}, not ${wanted}`),
      ...unless(ingressClassName === edge.ingressClass, `${at(ingress)}: is of class ${ingressClassName}`),
      ...unless(
        edge.tls.by === 'none'
          ? tls.length === 0
          : hosts.every((host) => tls.some((entry) => entry.hosts?.includes(host))),
        `${at(ingress)}: ${edge.tls.by === 'none' ? 'has TLS of nobody' : 'has hosts without TLS'}`,
      ),
    ];
  });

export const serviceInvariants: Invariants = {
  'a Service leads to the declared ports of exactly one workload': {
    rules: 'kube-linter dangling-service, invalid-target-ports; kube-score service-targets-pod',
    check: services,
    broken: {
      'it selects nothing': (objects) => {
        specOf(objects, 'Service').selector = { nobody: 'here' } as never;
      },
      'it selects everything': (objects) => {
        specOf(objects, 'Service').selector = {} as never;
      },
      'it leads to no port': (objects) => {
        specOf(objects, 'Service').ports = [{ name: 'http', port: 80, targetPort: 'other' }];
      },
    },
  },

  'a Service has each port number and port name once': {
    rules: 'production.md §5: never TCP and UDP on one port number; ARCHITECTURE.md',
    check: servicePorts,
    broken: {
      'TCP and UDP on one number': (objects) => {
        const { ports = [] } = specOf(objects, 'Service');
        ports.push({ ...some(ports), name: 'udp', protocol: 'UDP' });
      },
      'a name of 16 characters': (objects) => {
        some(specOf(objects, 'Service').ports ?? []).name = 'abcdefghijklmnop';
      },
    },
  },

  'every drawn name answers on its port': {
    check: drawnNames,
    broken: {
      'a Service of another name': (objects) => {
        for (const { metadata } of objects.ofKind('Service')) metadata.name = 'other';
      },
    },
  },

  'nothing is open to the outside but what leads to the edge': {
    rules: 'kube-linter exposed-services; kube-score service-type; kubescape C-0021',
    check: outside,
    broken: {
      'a port of the node': (objects) => {
        specOf(objects, 'Service').type = 'NodePort';
      },
      'external addresses': (objects) => {
        specOf(objects, 'Service').externalIPs = ['203.0.113.1'];
      },
    },
  },

  'a StatefulSet has its headless Service': {
    rules: 'kube-score statefulset-has-servicename',
    check: statefulSets,
    broken: {
      'no such Service': (objects) => {
        specOf(objects, 'StatefulSet').serviceName = 'other';
      },
    },
  },

  'the Ingress leads to ports of Services, for the hosts of the environment, over TLS': {
    rules: 'kube-linter dangling-ingress; kube-score ingress-targets-service; Polaris tlsSettingsMissing',
    check: ingresses,
    broken: {
      'a Service that is not there': (objects) => {
        specOf(objects, 'Ingress').rules = [
          {
            host: 'a.example.com',
            http: { paths: [{ backend: { service: { name: 'other', port: { number: 80 } } } }] },
          },
        ];
      },
      'no TLS': (objects) => delete specOf(objects, 'Ingress').tls,
      'another class': (objects) => {
        specOf(objects, 'Ingress').ingressClassName = 'nginx';
      },
    },
  },
};
