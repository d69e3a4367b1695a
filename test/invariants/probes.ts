/** What the kubelet asks. */
import type { HealthPlan } from '../../lib/model/plan';
import { proxyPages } from '../../lib/model/proxy-pages';
import { type Check, eachContainer, type Invariants, mainOf, some, unless } from './invariant';
import type { Action, Container, Probe } from './manifest';
import type { ContainerPlace } from './objects';

const probeNames = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

/** The question without its timing. */
function question(probe: Probe | undefined): string {
  const { httpGet, tcpSocket, exec }: Action = probe ?? {};
  return JSON.stringify({ path: httpGet?.path, port: httpGet?.port ?? tcpSocket?.port, exec: exec?.command });
}

function serves({ workload, init }: ContainerPlace): boolean {
  return !init && ['Deployment', 'StatefulSet'].includes(workload.manifest.kind);
}

/**
 * Who may lack a probe, by component. Workers and singletons serve nobody, so nobody waits for their readiness; those whose
 * document draws no heartbeat have no liveness either. RabbitMQ's authors advise against liveness. See `exemptions.ts`.
 */
const without: Readonly<Record<(typeof probeNames)[number], readonly string[]>> = {
  startupProbe: ['worker', 'singleton'],
  readinessProbe: ['worker', 'singleton'],
  livenessProbe: ['worker', 'singleton', 'queue'],
};

function targets({ container, workload }: ContainerPlace): string[] {
  const ports = workload.pod.containers.find(({ name }) => name === container.name)?.ports ?? [];
  return probeNames.flatMap((probe) => {
    const port = container[probe]?.httpGet?.port ?? container[probe]?.tcpSocket?.port;
    if (port === undefined) return [];
    const declared = ports.some(({ name, containerPort }) => port === name || port === containerPort);
    return unless(declared, `${probe} asks port ${port}, which it does not declare`);
  });
}

const questions: Check = eachContainer((place) => {
  const { container, workload } = place;
  if (!serves(place)) return [];
  return (
    probeNames
      .filter((probe) => !without[probe].includes(workload.component))
      // An exporter beside its server is not asked: its trouble would take the server out of its Service.
      .filter((probe) => probe !== 'readinessProbe' || workload.pod.containers[0]?.name === container.name)
      // Of a service that names no page a connection is all that can be asked: twice would find nothing more.
      .filter((probe) => probe !== 'livenessProbe' || container.readinessProbe?.tcpSocket === undefined)
      .flatMap((probe) => unless(container[probe] !== undefined, `has no ${probe}`))
  );
});

function complete(probe: Probe): boolean {
  const { httpGet, tcpSocket, exec } = probe;
  const asked = [httpGet?.port, tcpSocket?.port, exec?.command?.length].filter(
    (part) => part !== undefined && part !== 0,
  );
  return asked.length === 1;
}

function timing({ periodSeconds = 0, timeoutSeconds = 0, failureThreshold = 0 }: Probe): boolean {
  return periodSeconds > 0 && timeoutSeconds > 0 && failureThreshold > 0;
}

function withProbes(objects: Parameters<Check>[0]): Container {
  return some(objects.containers.filter((place) => serves(place) && place.container.readinessProbe)).container;
}

/** How a part of the system is asked for its health, services and stores alike. */
interface Asked {
  readonly name: string;
  readonly health: {
    readonly intervalSeconds: number;
    readonly tries: number;
    readonly startSeconds: number;
  } & Partial<Pick<HealthPlan, 'path' | 'livePath' | 'command'>>;
  /** What a proxy answers of itself. */
  readonly page: string | undefined;
}

/** A check of the main container of each service and store, beside what the Plan says of its health. */
function healthChecks(check: (container: Container, asked: Asked) => string[]): Check {
  return ({ containers }, { services, stores }) => {
    const parts = [...services, ...stores].map((part): [string, Asked] => [
      part.name,
      { name: part.name, health: part.health, page: 'proxy' in part && part.proxy ? proxyPages.live : undefined },
    ]);
    const byName = new Map(parts);
    return containers.flatMap((place) => {
      const asked = byName.get(place.workload.name);
      const main = place.workload.pod.containers[0] === place.container;
      return asked !== undefined && main && serves(place) ? check(place.container, asked) : [];
    });
  };
}

export const probeInvariants: Invariants = {
  'what serves is asked whether it started, is ready and lives': {
    rules:
      'kube-linter no-liveness-probe, no-readiness-probe; kube-score pod-probes; Polaris readinessProbeMissing, livenessProbeMissing; kubescape C-0018, C-0056; CKV_K8S_8, 9',
    check: questions,
    broken: {
      'no readiness': (objects) => delete withProbes(objects).readinessProbe,
      'no start': (objects) => delete mainOf(objects, 'StatefulSet').startupProbe,
    },
  },

  'liveness asks something else than readiness': {
    rules: 'kube-score pod-probes-identical; production.md §4 trap 12',
    check: eachContainer(({ container: { readinessProbe, livenessProbe } }) =>
      unless(
        readinessProbe === undefined ||
          livenessProbe === undefined ||
          question(readinessProbe) !== question(livenessProbe),
        'both ask the same',
      ),
    ),
    broken: {
      'the same path': (objects) => {
        const container = withProbes(objects);
        container.livenessProbe = { ...container.readinessProbe, periodSeconds: 60 };
      },
    },
  },

  'a probe asks one thing, of a port that the container declares, with a timing': {
    rules: 'kube-linter liveness-port, readiness-port, startup-port; cdk8s.md trap 1',
    check: eachContainer((place) => [
      ...targets(place),
      ...probeNames.flatMap((name) => {
        const probe = place.container[name];
        if (probe === undefined) return [];
        return [...unless(complete(probe), `${name} asks nothing`), ...unless(timing(probe), `${name} has no timing`)];
      }),
    ]),
    broken: {
      'a port that is not declared': (objects) => {
        withProbes(objects).livenessProbe = { tcpSocket: { port: 'other' }, periodSeconds: 1 };
      },
      'a port that was lost': (objects) => {
        withProbes(objects).readinessProbe = { httpGet: { path: '/' } };
      },
      'no timing': (objects) => delete withProbes(objects).readinessProbe?.periodSeconds,
    },
  },

  'nobody asks an init container or a Job': {
    check: eachContainer((place) =>
      serves(place) ? [] : probeNames.filter((probe) => place.container[probe]).map((probe) => `has a ${probe}`),
    ),
    broken: {
      'a probe of an init container': (objects) => {
        some(objects.containers.filter(({ init }) => init)).container.livenessProbe = {};
      },
    },
  },

  'the documented health check is asked as documented': {
    check: healthChecks((container, { health, name }) => [
      ...[container.readinessProbe, container.livenessProbe].flatMap((probe) =>
        unless(
          probe === undefined ||
            (probe.periodSeconds === health.intervalSeconds && probe.failureThreshold === health.tries),
          `${name} is not asked every ${health.intervalSeconds} s, ${health.tries} times`,
        ),
      ),
      ...unless(
        health.path === undefined || container.readinessProbe?.httpGet?.path === health.path,
        `${name} is not asked ${health.path}`,
      ),
      ...unless(
        health.command === undefined || container.livenessProbe?.exec?.command?.join() === health.command.join(),
        `${name} is not asked ${health.command?.join(' ')}`,
      ),
    ]),
    broken: {
      'another path': (objects) => {
        const { container } = some(objects.containers.filter(({ container }) => container.readinessProbe?.httpGet));
        container.readinessProbe = { ...container.readinessProbe, httpGet: { path: '/other', port: 'http' } };
      },
      'more tries': (objects) => {
        for (const { container } of objects.containers)
          Object.assign(container.readinessProbe ?? {}, { failureThreshold: 9 });
      },
      'a store that is asked at other times': (objects) => {
        Object.assign(mainOf(objects, 'StatefulSet').readinessProbe ?? {}, { periodSeconds: 99 });
      },
      'another heartbeat': (_, plan) => {
        const command = ['test', '-e', '/tmp/alive'];
        for (const { health } of plan.services.filter(({ kind }) => kind === 'web')) Object.assign(health, { command });
      },
    },
  },

  'a start is asked what liveness asks, or the server itself by its own client, for four times its usual time': {
    check: healthChecks(({ startupProbe, readinessProbe, livenessProbe }, { health, name }) => {
      if (startupProbe === undefined) return [];
      const { periodSeconds = 0, failureThreshold = 0, exec } = startupProbe;
      const asked = question(startupProbe);
      const shared = asked === question(livenessProbe ?? readinessProbe);
      return [
        ...unless(shared || exec !== undefined, `${name}: its start is asked ${asked}`),
        ...unless(periodSeconds * failureThreshold >= 4 * health.startSeconds, `${name}: has no time to start`),
      ];
    }),
    broken: {
      'a page that may ask a dependency': (objects) => {
        const container = mainOf(objects);
        container.startupProbe = { ...container.startupProbe, httpGet: { path: '/deep', port: 'http' } };
        delete container.startupProbe.exec;
      },
      'too little time': (objects) => {
        Object.assign(mainOf(objects, 'StatefulSet').startupProbe ?? {}, { failureThreshold: 1 });
      },
    },
  },

  'liveness asks no dependency: a connection, a page that is known to ask none, or a command inside': {
    check: healthChecks(({ livenessProbe }, { health, name, page }) => {
      if (livenessProbe === undefined) return [];
      const { httpGet, tcpSocket, exec } = livenessProbe;
      const alone =
        tcpSocket !== undefined ||
        (httpGet !== undefined && [page, health.livePath].includes(httpGet.path)) ||
        (exec !== undefined && health.command !== undefined);
      return unless(alone, `${name}: its liveness asks ${question(livenessProbe)}`);
    }),
    broken: {
      'a page of the application': (objects) => {
        const container = withProbes(objects);
        container.livenessProbe = { ...container.livenessProbe, httpGet: { path: '/deep', port: 'http' } };
        delete container.livenessProbe.tcpSocket;
      },
      'a query of the database': (objects) => {
        const container = mainOf(objects, 'StatefulSet');
        container.livenessProbe = { ...container.readinessProbe, periodSeconds: 10 };
      },
    },
  },
};
