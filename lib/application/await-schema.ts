import type { ContainerProps } from '../kubernetes/container';
import type { OtherSchemaPlan, ServicePlan } from '../model/plan';
import { useSettings } from './settings';

/**
 * Asks until the schema is this image's version or a newer one. Arguments: the time-out in seconds, then the command.
 * What the command says is shown when it changes, not at every try. `timeout` guards one try against a database that
 * accepts and never answers; an image without it goes unguarded.
 */
export const awaitSchemaScript = `limit=$1; shift
trap 'exit 143' TERM
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

function waitCommand(command: readonly string[], timeoutSeconds: number): readonly string[] {
  return ['/bin/sh', '-c', awaitSchemaScript, 'await-schema', String(timeoutSeconds), ...command];
}

/**
 * The container that waits for the schema, in the application's own image. It fails at its time-out: the pod starts over,
 * and nothing runs on a schema that it does not know.
 * @param base what all containers of the service share
 */
export function awaitSchemaContainer(
  base: Omit<ContainerProps, 'name'>,
  { command, timeoutSeconds }: NonNullable<ServicePlan['awaitSchema']>,
): ContainerProps {
  return { ...base, name: 'await-schema', command: waitCommand(command, timeoutSeconds) };
}

/**
 * The same for a schema that a service of another image makes: in that image, as that image's user, with what its command
 * reads and no more than the service itself has. So the pods roll when that image or its settings change; a rollback of
 * either image finds the schema ready, because the command passes on a newer one.
 */
export function otherSchemaContainer(service: ServicePlan, schema: OtherSchemaPlan): ContainerProps {
  return {
    name: `await-schema-${schema.store}`,
    image: schema.image,
    user: schema.user === service.user ? undefined : schema.user,
    command: waitCommand(schema.command, schema.timeoutSeconds),
    env: schema.env,
    envFromConfigMaps: useSettings(schema.service, schema.settings).configMaps,
    authorities: service.authorities,
    scratch: schema.scratch,
    resources: service.resources,
  };
}
