import type { ContainerProps } from '../kubernetes/container';
import type { PodProps } from '../kubernetes/pod';
import { waitContainer } from '../kubernetes/wait';
import type { EnvPlan, Plan, ServicePlan } from '../model/plan';
import { type ClaimNames, claimMounts, claimVolumes } from '../storage';
import { awaitSchemaContainer, otherSchemaContainer } from './await-schema';
import { useSettings } from './settings';

export interface ApplicationPodProps {
  readonly plan: Plan;
  readonly service: ServicePlan;
  readonly claims: ClaimNames;
  /** Probes and hooks of the main container. */
  readonly main?: Pick<ContainerProps, 'startupProbe' | 'readinessProbe' | 'livenessProbe' | 'lifecycle'>;
  /** Variables of the main container besides the service's own. */
  readonly env?: readonly EnvPlan[];
  /** Seconds before the process is told to stop, on top of its own grace. */
  readonly preStopSeconds?: number;
}

/** What every container in the service's image has: the preparation runs exactly as the service itself would. */
function baseContainer({ service }: ApplicationPodProps): Omit<ContainerProps, 'name'> {
  return {
    image: service.image,
    env: service.env,
    envFromConfigMaps: useSettings(service.name, service.settings).configMaps,
    mounts: claimMounts(service.mounts),
    authorities: service.authorities,
    podScratch: service.scratch,
    resources: service.resources,
  };
}

/** In order: the stores and services it needs, the schema, then its own preparation. */
function initContainers(plan: Plan, service: ServicePlan, base: Omit<ContainerProps, 'name'>): ContainerProps[] {
  return [
    ...service.waits.map((wait) => waitContainer(plan, wait)),
    ...(service.awaitSchema === undefined ? [] : [awaitSchemaContainer(base, service.awaitSchema)]),
    ...service.otherSchemas.map((schema) => otherSchemaContainer(service, schema)),
    ...service.prepare.map((command, index) => ({ ...base, name: `prepare-${index + 1}`, command })),
  ];
}

/** What rolls the pod: its own settings, and those with which it asks for a schema. */
function checksumsOf(service: ServicePlan): Readonly<Record<string, string>> {
  const others = service.otherSchemas.flatMap(({ store, service: by, settings }) =>
    Object.values(useSettings(by, settings).checksums).map((sum) => [`schema-${store}`, sum] as const),
  );
  return { ...useSettings(service.name, service.settings).checksums, ...Object.fromEntries(others) };
}

/** The pod of a service: waits, the schema, preparation, and the service itself, on one set of scratch folders. */
export function applicationPod(props: ApplicationPodProps): Omit<PodProps, 'restartPolicy'> {
  const { plan, service } = props;
  const base = baseContainer(props);
  const main: ContainerProps = {
    ...base,
    ...props.main,
    name: service.name,
    command: service.command,
    args: service.args,
    env: [...service.env, ...(props.env ?? [])],
    ports: service.ports,
  };
  return {
    plan,
    workload: service,
    containers: [main],
    initContainers: initContainers(plan, service, base),
    volumes: claimVolumes(service.mounts, props.claims),
    checksums: checksumsOf(service),
    graceSeconds: service.graceSeconds + (props.preStopSeconds ?? 0),
    sameNodeAs: service.sameNodeAs,
  };
}

/** What one preparation command may take, seconds: collecting static files on a cold, throttled node. */
const prepareSeconds = 120;

/** How long the start of a service may take in all, seconds: every wait to its end, and four times its usual start. */
export function startSeconds(service: ServicePlan): number {
  const waits = service.waits.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds, 0);
  const schemas = [...(service.awaitSchema ? [service.awaitSchema] : []), ...service.otherSchemas];
  const schema = schemas.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds, 0);
  return waits + schema + prepareSeconds * service.prepare.length + 4 * service.health.startSeconds;
}
