import type { Plan } from '../plan';
import type { Problem } from '../problem';

/** What occurs more than once in a list. */
function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) < index))];
}

/** A variable that two sources set: a setting, a secret, a connection. One would silently win. */
function variableProblems({ system, services }: Plan): Problem[] {
  return services.flatMap(({ name, settings, env }) =>
    repeated([...Object.keys(settings), ...env.map((item) => item.name)]).map(
      (variable): Problem => ({
        severity: 'error',
        rule: 'duplicate-variable',
        path: `systems/${system.id}.services.${name}`,
        found: `${variable} from two sources`,
        wanted:
          'each variable from one setting, secret, arrow or volume; an arrow names its own with env, a volume with objectStorage',
      }),
    ),
  );
}

/** Two Secrets of one name: whoever reads one would get the other's value. */
function secretProblems({ system, secrets }: Plan): Problem[] {
  return repeated(secrets.map(({ name }) => name)).map((name) => ({
    severity: 'error',
    rule: 'duplicate-secret',
    path: `systems/${system.id}`,
    found: `two Secrets called "${name}": ${secrets
      .filter((secret) => secret.name === name)
      .map(({ description }) => description)
      .join(' and ')}`,
    wanted: 'other names of stores, images or secrets, from which they are made',
  }));
}

/** What only the resolved Plan shows: names that parts make of each other. */
export function resolvedProblems(plan: Plan): Problem[] {
  return [...variableProblems(plan), ...secretProblems(plan)];
}
