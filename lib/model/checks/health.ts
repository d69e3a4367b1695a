import type { Context } from '../resolve/context';
import type { ParsedService } from '../schema/system';
import type { Declared } from './names';

type Health = NonNullable<ParsedService['health']>;
type Check = (problems: Context['problems'], path: string, health: Health, kind: ParsedService['kind']) => void;

/** Nobody asks over the network: a command alone tells whether it works. */
const checkPortless: Check = (problems, path, { path: page, livePath, command }, kind) => {
  if (page !== undefined || livePath !== undefined)
    problems.error('health-path-without-port', `${path}.path`, `a path on a ${kind} without a port`, 'a command');
  else if (command === undefined)
    problems.error(
      'health-without-command',
      `${path}.command`,
      'nothing',
      `a command that exits 0 while the ${kind} works, or no health: nobody asks a ${kind} without a port otherwise`,
    );
};

const checkListening: Check = (problems, path, { command }) => {
  if (command !== undefined)
    problems.error(
      'health-command-with-port',
      `${path}.command`,
      'a command on a service with a port',
      'a path: the kubelet asks over the network',
    );
};

/** How a service is asked for its health must fit what it is. */
export function checkHealth(
  { problems }: Context,
  name: string,
  { kind, health, ports, proxy }: ParsedService,
  service: string,
  declared: Declared,
): void {
  const path = `${service}.health`;
  if (kind === 'web' && !proxy && health?.path === undefined && !declared.broken.has(name))
    problems.warning(
      'no-health-page',
      `${path}.path`,
      'nothing',
      'a page that answers while it works: of a connection alone nobody learns that a pod hangs',
    );
  if (health === undefined) return;
  if (kind === 'cron') {
    problems.error('health-of-cron', path, 'the health of a cron', 'none: a run is asked for its end alone');
    return;
  }
  const portless = Object.keys(ports ?? {}).length === 0 && !declared.broken.has(name);
  (portless ? checkPortless : checkListening)(problems, path, health, kind);
  if (health.path !== undefined && health.path === health.livePath)
    problems.error(
      'same-health-path',
      `${path}.livePath`,
      `"${health.livePath}", the readiness path`,
      'a path that asks no dependency, or none',
    );
  if (health.timeoutSeconds > health.intervalSeconds)
    problems.error(
      'health-timeout',
      `${path}.timeoutSeconds`,
      `${health.timeoutSeconds}, above the interval of ${health.intervalSeconds}`,
      'at most the interval',
    );
}
