import { helperResources } from '../model/defaults';
import type { Plan, WaitPlan } from '../model/plan';
import { authoritiesOf, clientTlsEnv } from './authority';
import type { ContainerProps } from './container';

/**
 * Waits for a TCP port. A Service without a ready pod refuses connections, so this waits for readiness, not only for
 * a process. Arguments: host, port, time-out in seconds, and what to do at the time-out.
 *
 * The trap, here and below: a shell that is the first process of its container hears no SIGTERM without one, and a pod
 * that is deleted while it waits would last its whole grace period.
 */
export const waitScript = `host=$1 port=$2 timeout=$3 at_timeout=$4
trap 'exit 143' TERM
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

/** Waits until a role can log in to its database: the same arguments, and `PGPASSWORD` in the environment. */
export const loginScript = `host=$1 port=$2 timeout=$3 database=$4 user=$5
trap 'exit 143' TERM
deadline=$(( $(date +%s) + timeout ))
until PGCONNECT_TIMEOUT=5 psql -h "$host" -p "$port" -U "$user" -d "$database" -w -qtAc 'SELECT 1' >/dev/null 2>/tmp/error; do
  if [ "$(date +%s)" -ge "$deadline" ]; then
    cat /tmp/error >&2
    echo "$user could not log in to $database at $host:$port within \${timeout}s" >&2
    exit 1
  fi
  sleep 1
done
echo "$user can log in to $database at $host:$port"
`;

/** The init container for one wait. */
export function waitContainer(plan: Pick<Plan, 'images'>, wait: WaitPlan): ContainerProps {
  const target = [wait.host, String(wait.port), String(wait.timeoutSeconds)];
  const base = { name: `wait-for-${wait.name}`, resources: helperResources };
  if (wait.login === undefined) {
    return {
      ...base,
      image: plan.images.helper,
      command: ['/bin/sh', '-c', waitScript, 'wait', ...target, wait.atTimeout],
    };
  }
  return {
    ...base,
    image: wait.login.image,
    command: ['/bin/sh', '-c', loginScript, 'wait', ...target, wait.login.database, wait.login.user],
    env: [
      { name: 'PGPASSWORD', secret: wait.login.secret, key: 'password', optional: false },
      ...clientTlsEnv(wait.login.tls),
    ],
    authorities: authoritiesOf(wait.login.tls),
    scratch: [{ path: '/tmp', size: 1 }],
  };
}
