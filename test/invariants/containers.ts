/** What a container is started from and with: image, ports, variables, grace. */
import { eachContainer, eachWorkload, type Invariants, mainOf, repeated, some, unless } from './invariant';

export const containerInvariants: Invariants = {
  'no variables of other Services, a stated grace, and time left in it after the hook': {
    rules: 'production.md §4 trap 8 and 18',
    check: eachWorkload(({ pod }) => {
      const grace = pod.terminationGracePeriodSeconds ?? 0;
      const sleeps = pod.containers.map(({ lifecycle }) => {
        const command = lifecycle?.preStop?.exec?.command ?? [];
        return command[0]?.endsWith('sleep') ? Number(command[1]) : 0;
      });
      return [
        ...unless(pod.enableServiceLinks === false, 'has the variables of every Service'),
        ...unless(grace > 0, 'states no grace'),
        ...sleeps.filter((sleep) => sleep >= grace).map((sleep) => `sleeps ${sleep} s of a grace of ${grace} s`),
      ];
    }),
    broken: {
      'Service links': (objects) => delete some(objects.workloadsOf('Deployment')).pod.enableServiceLinks,
      'no grace': (objects) => delete some(objects.workloadsOf('Job')).pod.terminationGracePeriodSeconds,
      'a hook that takes it all': (objects) => {
        mainOf(objects).lifecycle = { preStop: { exec: { command: ['/bin/sleep', '600'] } } };
      },
    },
  },

  'images have a version, and are pulled as the environment says': {
    rules:
      'kube-linter latest-tag; kube-score container-image-tag, container-image-pull-policy; Polaris tagNotSpecified, pullPolicyNotAlways; CKV_K8S_14, 15',
    check: eachContainer(({ container: { image, imagePullPolicy } }, plan) => {
      const tag = /:([^:/@]+)(?:@sha256:[0-9a-f]{64})?$/.exec(image)?.[1];
      return [
        ...unless(
          tag !== undefined && !/^(latest|stable|edge|main|master|nightly)$/.test(tag),
          `image ${image} floats`,
        ),
        ...unless(imagePullPolicy === plan.images.pullPolicy, `is pulled ${imagePullPolicy}`),
        ...unless(plan.environment.mode === 'development' || imagePullPolicy === 'Always', 'may run an old image'),
      ];
    }),
    broken: {
      latest: (objects) => {
        mainOf(objects).image = 'nginx:latest';
      },
      'no tag, behind a port': (objects) => {
        mainOf(objects).image = 'registry.example.com:5000/nginx';
      },
      'another policy': (objects) => {
        mainOf(objects).imagePullPolicy = 'IfNotPresent';
      },
    },
  },

  'images are those that the report lists': {
    check: eachContainer(({ container: { image } }, { images }) =>
      unless(
        image === images.helper || images.all.some(({ reference }) => reference === image),
        `image ${image} is not in the Plan`,
      ),
    ),
    broken: {
      'an image of nobody': (objects) => {
        mainOf(objects).image = 'busybox:1.0';
      },
    },
  },

  'containers and their ports have names of their own, and no port needs a privilege': {
    rules: 'kube-linter ssh-port, privileged-ports; Polaris hostPortSet; kubescape C-0042, C-0044; CKV_K8S_26',
    check: eachWorkload(({ pod }) => {
      const containers = [...(pod.initContainers ?? []), ...pod.containers];
      const ports = pod.containers.flatMap((container) => container.ports ?? []);
      return [
        ...repeated(containers.map(({ name }) => name)).map((name) => `two containers are called ${name}`),
        ...repeated(ports.map(({ name }) => name ?? '')).map((name) => `two ports are called "${name}"`),
        ...repeated(ports.map(({ containerPort }) => String(containerPort))).map((port) => `two ports are ${port}`),
        ...ports
          .filter(
            ({ name = '' }) => !/^(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(name) || name.includes('--'),
          )
          .map(({ name }) => `a port is called "${name}"`),
        ...ports
          .filter(({ containerPort }) => containerPort < 1024 || containerPort > 65535)
          .map(({ containerPort }) => `listens on ${containerPort}`),
        ...ports.filter(({ hostPort }) => hostPort !== undefined).map(({ hostPort }) => `takes the node’s ${hostPort}`),
      ];
    }),
    broken: {
      'a name of 16 characters': (objects) => {
        mainOf(objects).ports = [{ name: 'abcdefghijklmnop', containerPort: 8080 }];
      },
      'port 80': (objects) => {
        mainOf(objects).ports = [{ name: 'http', containerPort: 80 }];
      },
      'two containers of one name': (objects) => {
        const { pod } = some(objects.workloadsOf('Deployment'));
        pod.containers.push(some(pod.containers));
      },
    },
  },

  'no variable is set twice, and each is made of earlier ones': {
    rules: 'kube-linter duplicate-env-var; kube-score container-env-duplicates',
    check: eachContainer(({ container: { env = [] } }) => [
      ...repeated(env.map(({ name }) => name)).map((name) => `${name} is set twice`),
      ...env.flatMap(({ name, value = '' }, index) =>
        [...value.matchAll(/\$\(([A-Za-z_][A-Za-z0-9_]*)\)/g)]
          .filter(([, used]) => !env.slice(0, index).some((earlier) => earlier.name === used))
          .map(([, used]) => `${name} uses ${used}, which is not set before it`),
      ),
    ]),
    broken: {
      'a variable twice': (objects) => {
        mainOf(objects).env = [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ];
      },
      'a variable of a later one': (objects) => {
        mainOf(objects).env = [
          { name: 'URL', value: '//$(PASSWORD)@db' },
          { name: 'PASSWORD', value: '' },
        ];
      },
    },
  },
};
