import { renderFiles } from '../../cli/synthesize';
import { isRecord } from '../../lib/model/merge';
import { resolvePlan } from '../../lib/model/resolve';
import { reportOf } from '../../lib/report';
import { workspace } from './combinations';

/** The parts of a system that are called by name: in what order they stand says nothing. */
const named = ['services', 'stores', 'tools', 'volumes', 'secrets', 'images', 'outside', 'profiles'];

function backwards(raw: unknown): unknown {
  if (!isRecord(raw)) return raw;
  const parts = Object.entries(raw).map(([key, part]) => {
    if (!named.includes(key) || !isRecord(part)) return [key, part] as const;
    return [key, Object.fromEntries(Object.entries(part).reverse())] as const;
  });
  return Object.fromEntries(parts);
}

/** All that a system becomes in production at high, where it has the most parts. */
function output(id: string, raw: unknown): unknown {
  const { plan, problems } = resolvePlan({
    system: { id, raw },
    environment: { name: 'production', raw: workspace.environment('production') },
    tier: 'high',
  });
  if (plan === undefined) throw new Error(JSON.stringify(problems));
  return { problems, files: renderFiles(plan), report: reportOf(plan, { byTier: new Map(), manifests: [] }) };
}

test.each(workspace.systems())('%s is the same, whatever the order of its parts', (id) => {
  const raw = workspace.system(id);
  expect(output(id, backwards(raw))).toEqual(output(id, raw));
});
