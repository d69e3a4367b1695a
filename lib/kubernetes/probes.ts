import { k8s } from 'cdk8s-plus-28';
import type { HealthPlan } from '../model/plan';

/** What is asked: nothing but the question, so that startup, readiness and liveness can share one. */
export type ProbeAction = Pick<k8s.Probe, 'httpGet' | 'tcpSocket' | 'exec'>;

/** How often, how long, and how many failures in a row count. */
export interface ProbeTiming {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly tries: number;
}

export interface Probes {
  readonly startupProbe?: k8s.Probe;
  readonly readinessProbe?: k8s.Probe;
  readonly livenessProbe?: k8s.Probe;
}

/** Seconds between questions while a container starts: its readiness is noticed at once. */
const startupInterval = 2;

/**
 * The same where a command asks, which costs CPU each time. The first question comes before anything can answer, so this is
 * what each pod of a rollout waits: with a worker's usual 30 s, half a minute for a start of five seconds.
 */
const startupCommandInterval = 5;

/** How many times its usual time a start may take: a cold node, a throttled CPU. */
const startTolerance = 4;

/**
 * A GET on a named port. The `Host` header is the service's name: the kubelet would send the pod's address, which
 * frameworks with a list of allowed hosts refuse. (`httpGet.host` is no way out: Pod Security forbids it.)
 */
export function httpAction(path: string, portName: string, host: string): ProbeAction {
  return {
    httpGet: {
      path,
      port: k8s.IntOrString.fromString(portName),
      scheme: 'HTTP',
      httpHeaders: [{ name: 'Host', value: host }],
    },
  };
}

/** A TCP connection to a named port: answers as long as the process listens. */
export function tcpAction(portName: string): ProbeAction {
  return { tcpSocket: { port: k8s.IntOrString.fromString(portName) } };
}

/** A command in the container that exits 0. */
export function commandAction(command: readonly string[]): ProbeAction {
  return { exec: { command: [...command] } };
}

/** A question with its timing. */
export function probe(action: ProbeAction, timing: ProbeTiming): k8s.Probe {
  return {
    ...action,
    periodSeconds: timing.intervalSeconds,
    timeoutSeconds: timing.timeoutSeconds,
    failureThreshold: timing.tries,
  };
}

/** Holds the other probes back until the first answer, for four times the usual start. */
export function startupProbe(
  action: ProbeAction,
  health: Pick<HealthPlan, 'intervalSeconds' | 'timeoutSeconds' | 'startSeconds'>,
): k8s.Probe {
  // A question that may take longer is not asked again before it has.
  const ofCommand = Math.max(startupCommandInterval, health.timeoutSeconds);
  const interval = action.exec === undefined ? startupInterval : Math.min(ofCommand, health.intervalSeconds);
  const tries = Math.max(1, Math.ceil((startTolerance * health.startSeconds) / interval));
  return probe(action, { intervalSeconds: interval, timeoutSeconds: health.timeoutSeconds, tries });
}

function readinessAction(health: HealthPlan, host: string, portName: string | undefined): ProbeAction | undefined {
  if (portName === undefined) return undefined;
  return health.path === undefined ? tcpAction(portName) : httpAction(health.path, portName, host);
}

/**
 * Liveness never asks what readiness asks: a check that a dependency can fail would restart healthy pods. Where only a
 * port is known, readiness has the TCP connection and liveness is left out, since the same question twice finds nothing
 * more (a process that ends is restarted without it).
 */
function livenessAction(health: HealthPlan, host: string, portName: string | undefined): ProbeAction | undefined {
  if (portName !== undefined && health.livePath !== undefined && health.livePath !== health.path) {
    return httpAction(health.livePath, portName, host);
  }
  if (health.command !== undefined) return commandAction(health.command);
  return portName !== undefined && health.path !== undefined ? tcpAction(portName) : undefined;
}

/**
 * The probes of a container, from its health check.
 * @param host what the `Host` header says
 * @param portName the port that is asked; undefined for a workload that serves nobody
 */
export function probes(health: HealthPlan, host: string, portName: string | undefined): Probes {
  const ready = readinessAction(health, host, portName);
  const live = livenessAction(health, host, portName);
  // A start is asked what liveness asks: readiness may ask a dependency, and a restart would not bring that back.
  const first = live ?? ready;
  return {
    startupProbe: first && startupProbe(first, health),
    readinessProbe: ready && probe(ready, health),
    livenessProbe: live && probe(live, health),
  };
}
