import { helperResources } from '../model/defaults';
import type { Plan, WaitPlan } from '../model/plan';
import type { ContainerProps } from './container';

/**
 * Waits for a TCP port. A Service without a ready pod refuses connections, so this waits for readiness, not only for
 * a process. Arguments: host, port, time-out in seconds, and what to do at the time-out.
 */
export const waitScript = `host=$1 port=$2 timeout=$3 at_timeout=$4
deadline=$(( $(date +%s) + timeout ))
until nc -w 2 "$host" "$port" </dev/null >/dev/null 2>&1; do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "$host:$port did not answer within \${timeout}s" >&2
    [ "$at_timeout" = go-on ] && exit 0
    exit 1
  fi
  sleep 1
done
echo "$host:$port answers"
`;

/** The init container for one wait. */
export function waitContainer(plan: Pick<Plan, 'images'>, wait: WaitPlan): ContainerProps {
  return {
    name: `wait-for-${wait.name}`,
    image: plan.images.helper,
    command: [
      '/bin/sh',
      '-c',
      waitScript,
      'wait',
      wait.host,
      String(wait.port),
      String(wait.timeoutSeconds),
      wait.atTimeout,
    ],
    resources: helperResources,
  };
}
