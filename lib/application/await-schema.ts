import type { ContainerProps } from '../kubernetes/container';
import type { ServicePlan } from '../model/plan';

/**
 * Asks until the schema is this image's version or a newer one. Arguments: the time-out in seconds, then the command.
 * What the command says is shown when it changes, not at every try. `timeout` guards one try against a database that
 * accepts and never answers; an image without it goes unguarded.
 */
export const awaitSchemaScript = `limit=$1; shift
deadline=$(( $(date +%s) + limit ))
guard=
if command -v timeout >/dev/null 2>&1; then guard='timeout 60'; fi
said=
until answer=$($guard "$@" 2>&1); do
  if [ "$answer" != "$said" ]; then printf '%s\\n' "$answer"; said=$answer; fi
  if [ "$(date +%s)" -ge "$deadline" ]; then
    echo "the schema was not ready within \${limit}s: $*" >&2
    exit 1
  fi
  sleep 2
done
echo "the schema is ready"
`;

/**
 * The container that waits for the schema, in the application's own image. It fails at its time-out: the pod starts over,
 * and nothing runs on a schema that it does not know.
 * @param base what all containers of the service share
 */
export function awaitSchemaContainer(
  base: Omit<ContainerProps, 'name'>,
  { command, timeoutSeconds }: NonNullable<ServicePlan['awaitSchema']>,
): ContainerProps {
  return {
    ...base,
    name: 'await-schema',
    command: ['/bin/sh', '-c', awaitSchemaScript, 'await-schema', String(timeoutSeconds), ...command],
  };
}
