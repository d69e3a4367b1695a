import { loaded } from '../../lib/choice';
import { isRecord } from '../../lib/model/merge';
import { type Problem, ProblemsError } from '../../lib/model/problem';
import { tiers } from '../../lib/model/schema/primitives';
import { strays } from '../../lib/strays';
import type { Session } from '../session';
import { table } from '../table';

interface Listing {
  readonly systems: readonly { readonly id: string; readonly title: string }[];
  readonly environments: readonly { readonly name: string; readonly tier: string; readonly description: string }[];
  readonly tiers: readonly string[];
}

function text(record: Readonly<Record<string, unknown>>, key: string): string {
  const value = record[key];
  return typeof value === 'string' ? value : '';
}

/** What the files say of themselves, as far as they can be read, and why the others cannot. */
async function listing(session: Session): Promise<{ readonly found: Listing; readonly problems: readonly Problem[] }> {
  const { workspace } = session;
  const problems: Problem[] = [];
  const read = async (path: string, load: () => unknown): Promise<Readonly<Record<string, unknown>> | undefined> => {
    const file = loaded(path, load);
    const left = (await strays()).map((stray) => ({ ...stray, path }));
    problems.push(...('problem' in file ? [file.problem] : []), ...left);
    return 'raw' in file && left.length === 0 ? (isRecord(file.raw) ? file.raw : {}) : undefined;
  };
  const systems: { id: string; title: string }[] = [];
  for (const id of workspace.systems()) {
    const file = await read(`systems/${id}`, () => workspace.system(id));
    if (file) systems.push({ id, title: text(file, 'title') });
  }
  const environments: { name: string; tier: string; description: string }[] = [];
  for (const name of workspace.environments()) {
    const file = await read(`environments/${name}`, () => workspace.environment(name));
    if (file) environments.push({ name, tier: text(file, 'tier'), description: text(file, 'description') });
  }
  return { found: { systems, environments, tiers }, problems };
}

function show({ color, terminal }: Session, found: Listing): void {
  const out = (line: string): void => terminal.out(line);
  out(
    table(
      color,
      ['SYSTEM', 'TITLE'],
      found.systems.map(({ id, title }) => [id, title]),
    ),
  );
  out('');
  out(
    table(
      color,
      ['ENVIRONMENT', 'TIER', 'DESCRIPTION'],
      found.environments.map(({ name, tier, description }) => [name, tier, description]),
    ),
  );
  out('');
  out(`tiers: ${found.tiers.join(', ')}`);
}

/**
 * `keelson list`: they need not be right, `check` is for that.
 * @throws ProblemsError for files that cannot be read, after the others are listed
 */
export async function listCommand(session: Session, options: { readonly format: string }): Promise<void> {
  const { found, problems } = await listing(session);
  if (options.format === 'json') session.out(JSON.stringify(found, null, 2));
  else show(session, found);
  if (problems.length) throw new ProblemsError(problems);
}
