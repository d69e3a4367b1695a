/** What `make e2e` may be asked for. A word that nothing is known of is refused: it would be taken for a whole run. */
import { parseArgs } from 'node:util';

export interface Options {
  readonly system: string;
  /** Names of checks; all of them unless given. */
  readonly only?: readonly string[];
  readonly page: boolean;
  readonly keep: boolean;
  readonly down: boolean;
  readonly wherePossible: boolean;
}

const flag = { type: 'boolean', default: false } as const;
const options = { only: { type: 'string' }, page: flag, keep: flag, down: flag, 'where-possible': flag } as const;
const USAGE = '[SYSTEM] [--only=CHECK,…] [--page] [--keep] [--down] [--where-possible]';

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('. ', 1);
    throw new Error(`${reason}; there are ${USAGE}`);
  }
}

/** @throws Error on what there is not, with what there is */
export function optionsOf(args: readonly string[], checks: readonly string[]): Options {
  const { values, positionals } = parsed(args);
  const [system = 'django-react', ...more] = positionals;
  if (more.length > 0) throw new Error(`One system at a time, not ${positionals.join(' and ')}; there are ${USAGE}`);
  const only = values.only?.split(',');
  const unknown = only?.filter((name) => !checks.includes(name)) ?? [];
  if (unknown.length > 0) throw new Error(`No check ${unknown.join(', ')}; there are ${checks.join(', ')}`);
  const { page, keep, down, 'where-possible': wherePossible } = values;
  return { system, ...(only && { only }), page, keep, down, wherePossible };
}
