import { isIP } from 'node:net';
import { isRecord } from '../merge';
import type { Context } from '../resolve/context';
import { imageNames, referenceFault } from '../resolve/images';
import type { Selection } from '../selection';
import { isSchedule, scheduleWords } from './services';
import { checkSharedVolumes } from './shared-volumes';
import { checkTemplates } from './templates';

/** Every CIDR of a value, with its path: wherever `cidrs` or a list of addresses stands. */
function cidrs(value: unknown, path: string): [path: string, cidr: string][] {
  if (Array.isArray(value)) return value.flatMap((item, index) => cidrs(item, `${path}[${index}]`));
  if (isRecord(value)) return Object.entries(value).flatMap(([key, item]) => cidrs(item, `${path}.${key}`));
  return typeof value === 'string' && /(cidrs|trustedProxies)\[\d+\]$/.test(path) ? [[path, value]] : [];
}

/** Whether an address block is one: octets to 255, a prefix that fits the family. */
function isCidr(text: string): boolean {
  const [address = '', prefix = ''] = text.split('/');
  const family = isIP(address);
  return family !== 0 && Number(prefix) <= (family === 4 ? 32 : 128);
}

function checkAddresses({ problems, at, environment, system }: Context): void {
  for (const [path, cidr] of [
    ...cidrs(environment, at.environment),
    ...cidrs(system.outside, `${at.system}.outside`),
  ]) {
    if (!isCidr(cidr))
      problems.error('invalid-cidr', path, `"${cidr}"`, 'an address block such as "10.0.0.0/8" or "2001:db8::/32"');
  }
}

function checkImages(context: Context, selection: Selection): void {
  const { problems, system, at, environmentName, id } = context;
  for (const [name, image] of Object.entries(system.images)) {
    const own = typeof image !== 'string';
    const fault = referenceFault(own ? image.own : image, own);
    if (fault !== undefined)
      problems.error(
        'image-reference',
        `${at.system}.images.${name}${own ? '.own' : ''}`,
        `"${own ? image.own : image}"`,
        fault,
      );
  }
  const released = isRecord(selection.environment.images) ? selection.environment.images[id] : undefined;
  for (const [name, reference] of Object.entries(isRecord(released) ? released : {})) {
    const path = `environments/${environmentName}.images.json.${id}.${name}`;
    if (problems.known('unknown-image', path, name, 'an image of the system', imageNames(system.images))) {
      const fault = referenceFault(String(reference), true);
      if (fault !== undefined) problems.error('image-reference', path, `"${String(reference)}"`, fault);
    }
  }
}

/** What is named twice as a secret, setting or connection would silently win over the other. */
function checkVariables({ problems, system, at }: Context): void {
  for (const [name, service] of Object.entries(system.services)) {
    const path = `${at.system}.services.${name}`;
    const owners = new Map<string, string>();
    const note = (variable: string, where: string): void => {
      const owner = owners.get(variable);
      if (owner !== undefined)
        problems.error(
          'duplicate-variable',
          `${path}.${where}`,
          `${variable}, which ${owner} sets too`,
          'each variable once',
        );
      owners.set(variable, where);
    };
    for (const variable of Object.keys(service.settings)) note(variable, `settings.${variable}`);
    for (const variable of Object.keys(service.secrets)) note(variable, `secrets.${variable}`);
    for (const [target, { env }] of Object.entries(service.arrows))
      for (const variable of Object.keys(env ?? system.outside[target]?.env ?? {}))
        note(variable, `arrows.${target}.env.${variable}`);
  }
}

function checkSealed({ problems, environment, own, at, id }: Context): void {
  if (environment.secrets.provider !== 'sealed-secrets' && Object.keys(own.sealed).length > 0) {
    problems.error(
      'sealed-without-provider',
      `${at.environment}.systems.${id}.sealed`,
      `sealed values with provider ${environment.secrets.provider}`,
      'provider "sealed-secrets", or no sealed values',
    );
  }
}

function checkBackups({ problems, environment, system, mode, at, stores }: Context): void {
  const place = `${at.environment}.backupTarget`;
  const backed =
    [...stores.values()].some(({ backup }) => backup) || Object.values(system.volumes).some(({ backup }) => backup);
  if (mode === 'production' && backed && environment.backupTarget.to === 'none')
    problems.warning('backup-target', place, 'none', 's3: backups have nowhere to go');
  if (mode === 'production' && environment.backupTarget.to === 'claim')
    problems.warning(
      'backup-target',
      place,
      'a claim inside the namespace',
      's3: what deletes the namespace deletes these backups too',
    );
  const schedules = [
    ['backups.archive.schedule', system.backups?.archive?.schedule],
    ['backups.restoreTest', system.backups?.restoreTest],
  ] as const;
  const ofVolumes = Object.entries(system.volumes).map(
    ([name, { backup }]) => [`volumes.${name}.backup.schedule`, backup?.schedule] as const,
  );
  for (const [key, schedule] of [...schedules, ...ofVolumes]) {
    if (schedule !== undefined && !isSchedule(schedule))
      problems.error('invalid-schedule', `${at.system}.${key}`, `"${schedule}"`, scheduleWords);
  }
}

function checkManaged({ problems, environment, stores, at }: Context): void {
  const host = environment.managedStores?.host;
  if (host !== undefined && stores.size > 1 && !host.includes('{store}'))
    problems.error(
      'managed-host',
      `${at.environment}.managedStores.host`,
      `"${host}"`,
      'a template with {store}: several stores cannot share one host',
    );
}

/** Names of the environment that only the whole project knows. */
function checkProject({ problems, environment, system, at }: Context, selection: Selection): void {
  for (const id of Object.keys(environment.systems))
    if (selection.systems)
      problems.known('unknown-system', `${at.environment}.systems.${id}`, id, 'a system', selection.systems);
  for (const [title, name] of Object.entries(system.scenarios))
    if (selection.environments)
      problems.known(
        'unknown-environment',
        `${at.system}.scenarios.${title}`,
        name,
        'an environment',
        selection.environments,
      );
}

/** What the environment says must hold together with the system. */
export function checkEnvironment(context: Context, selection: Selection): void {
  checkAddresses(context);
  checkImages(context, selection);
  checkVariables(context);
  checkTemplates(context);
  checkSharedVolumes(context);
  checkSealed(context);
  checkBackups(context);
  checkManaged(context);
  checkProject(context, selection);
}
