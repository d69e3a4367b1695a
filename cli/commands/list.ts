import { loaded } from '../../lib/choice';
import { isRecord } from '../../lib/model/merge';
import { type Problem, ProblemsError } from '../../lib/model/problem';
import { tiers } from '../../lib/model/schema/primitives';
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

/** What the files say of themselves. They need not be right: `check` is for that. */
function listing(session: Session): Listing {
  const { workspace } = session;
  const problems: Problem[] = [];
  const record = (path: string, read: () => unknown): Readonly<Record<string, unknown>> => {
    const file = loaded(path, read);
    if ('problem' in file) problems.push(file.problem);
    return 'raw' in file && isRecord(file.raw) ? file.raw : {};
  };
  const systems = workspace.systems().map((id) => ({
    id,
    title: text(
      record(`systems/${id}`, () => workspace.system(id)),
      'title',
    ),
  }));
  const environments = workspace.environments().map((name) => {
    const file = record(`environments/${name}`, () => workspace.environment(name));
    return { name, tier: text(file, 'tier'), description: text(file, 'description') };
  });
  if (problems.length) throw new ProblemsError(problems);
  return { systems, environments, tiers };
}

/** `keelson list` */
export function listCommand(session: Session, options: { readonly format: string }): void {
  const found = listing(session);
  if (options.format === 'json') {
    session.out(JSON.stringify(found, null, 2));
    return;
  }
  const { color } = session;
  session.out(
    table(
      color,
      ['SYSTEM', 'TITLE'],
      found.systems.map(({ id, title }) => [id, title]),
    ),
  );
  session.out('');
  session.out(
    table(
      color,
      ['ENVIRONMENT', 'TIER', 'DESCRIPTION'],
      found.environments.map(({ name, tier, description }) => [name, tier, description]),
    ),
  );
  session.out('');
  session.out(`tiers: ${found.tiers.join(', ')}`);
}
