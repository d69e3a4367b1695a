import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ELSEWHERE, PROCEDURES } from '../../verify/judges/procedures-table';
import { anchorsOf, commandsBelow } from '../../verify/manifests/page';
import { isOfPods } from '../../verify/manifests/procedure';

const project = join(__dirname, '../..');
const performed = [...new Set(PROCEDURES.map(({ anchor }) => anchor))];

function sourcesBelow(folder: string): string {
  const files = readdirSync(join(project, folder)).filter((name) => name.endsWith('.ts'));
  return files.map((name) => readFileSync(join(project, folder, name), 'utf8')).join('\n');
}

describe('every change that is refused', () => {
  test('has a procedure that a judge performs, or a reason why another one does', () => {
    expect([...performed, ...Object.keys(ELSEWHERE)].sort()).toEqual(anchorsOf('procedures.md').sort());
  });

  test('names one of these procedures', () => {
    const named = [...sourcesBelow('lib/changes').matchAll(/(?:refusal|frozen|found)\(\s*'[\w-]+',\s*'([\w-]+)'/g)];
    expect(named.length).toBeGreaterThanOrEqual(15);
    for (const [, procedure] of named) expect(performed).toContain(procedure);
  });

  test('is followed inside its pods, too, where the page goes there', () => {
    const suites = ['verify/postgres', 'verify/redis', 'verify/rabbitmq'].map(sourcesBelow).join('\n');
    const inside = PROCEDURES.filter(({ anchor, commands = anchor }) =>
      commandsBelow('procedures.md', commands).some(isOfPods),
    );
    expect(inside.length).toBeGreaterThanOrEqual(7);
    for (const { anchor } of inside) expect(suites).toContain(`'${anchor}'`);
  });
});
