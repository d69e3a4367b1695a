import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { rules } from '../../lib/changes/rules';
import { keelson, type Outcome, project, removeTemporary, temporaryRoot } from '../cli/harness';
import { anchors, blocks, commands, inlineCommands, isTypeScript, links, readPage, shownFile } from './page';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...['docs', 'docs/runbooks'].flatMap((folder) =>
    readdirSync(join(project, folder))
      .filter((file) => file.endsWith('.md'))
      .map((file) => `${folder}/${file}`),
  ),
];

afterAll(removeTemporary);

/** The words of a simple command line, and the status that the page says it ends with. */
function parsed(line: string): { readonly args: string[]; readonly status: number } {
  const [command = '', comment = ''] = line.split(/\s+#\s*/);
  const status = /exit (\d)/.exec(comment)?.[1];
  return {
    args: command
      .replace(/^npx keelson\s*/, '')
      .split(/\s+/)
      .filter((word) => word !== ''),
    status: Number(status ?? 0),
  };
}

/** Runs what a page shows, in the order in which it shows it. Each shown file gets a project of its own, as the reader's would be. */
async function follow(
  page: string,
): Promise<{ readonly line: string; readonly wanted: number; readonly outcome: Outcome }[]> {
  let root = temporaryRoot();
  const done = [];
  for (const block of blocks(readPage(page))) {
    const file = shownFile(block);
    if (file !== undefined) {
      root = temporaryRoot();
      writeFileSync(join(root, file), block.text);
    }
    if (block.language !== 'sh') continue;
    for (const line of commands(block).filter((command) => command.startsWith('npx keelson'))) {
      const { args, status } = parsed(line);
      // A page may show the same output folder for several systems; what is compared is tested elsewhere.
      done.push({ line, wanted: status, outcome: await keelson(args, root) });
    }
  }
  return done;
}

describe.each(pages)('%s', (page) => {
  const text = readPage(page);

  test('shows keelson commands that do what it says', async () => {
    for (const { line, wanted, outcome } of await follow(page)) {
      expect({ line, status: outcome.status, err: wanted === 0 ? outcome.err.match(/^error.*/gm) : null }).toEqual({
        line,
        status: wanted,
        err: null,
      });
    }
  });

  test('names keelson commands in its text that the command line takes', async () => {
    const root = temporaryRoot();
    for (const command of inlineCommands(text).filter((line) => !line.includes('…'))) {
      expect({ command, status: (await keelson(parsed(command).args, root)).status }).toEqual({ command, status: 0 });
    }
  });

  test('shows TypeScript that can be copied', () => {
    for (const block of blocks(text).filter(({ language }) => language === 'ts'))
      expect({ text: block.text, is: isTypeScript(block.text) }).toEqual({ text: block.text, is: true });
  });

  test('links to files and headings that exist', () => {
    for (const link of links(text)) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : normalize(join(dirname(page), file));
      expect({ link, exists: existsSync(join(project, target)) }).toEqual({ link, exists: true });
      if (anchor !== undefined)
        expect({ link, anchors: anchors(readPage(target)) }).toEqual({
          link,
          anchors: expect.arrayContaining([anchor]),
        });
    }
  });

  test('names make targets that exist', () => {
    const targets = [...readPage('Makefile').matchAll(/^([a-z0-9]+):/gm)].map(([, target]) => target);
    for (const [, target] of text.matchAll(/(?:^|`)make ([a-z0-9]+)/gm)) expect(targets).toContain(target);
  });
});

test.each([
  ['systems: { lms: {} },', true],
  ['// systems/shop.ts\nexport default { title: "Shop" };', true],
  ['systems: { lms: { primary: 1; } }', false],
  ["stores: {\n  db: {\n    tls: 'verify-full';\n  }\n}", false],
  ["to: 'none'\nto: 's3'", false],
  ['export default {', false],
])('%j is TypeScript that can be copied: %s', (text, is) => {
  expect(isTypeScript(text)).toBe(is);
});

describe('the README', () => {
  test('shows the prune command of the default system, as `keelson report` prints it', async () => {
    const { out } = await keelson(['report', '--format', 'json'], project);
    const shown = blocks(readPage('README.md')).flatMap((block) => (block.language === 'sh' ? commands(block) : []));
    expect(shown.filter((line) => line.includes('--prune '))).toEqual([JSON.parse(out).pruneCommand]);
  });

  test('names the files that a synthesis writes', async () => {
    const root = temporaryRoot();
    await keelson(['synth'], root);
    for (const file of readdirSync(join(root, 'dist')))
      expect(readPage('README.md')).toContain(`\`${file.replace('.k8s.yaml', '')}\``);
  });
});

describe('the procedures', () => {
  test('have a heading for everything that is refused', () => {
    const source = ['rules', 'stores', 'left-behind']
      .map((file) => readFileSync(join(project, `lib/changes/${file}.ts`), 'utf8'))
      .join('');
    const named = [...source.matchAll(/['#]((?:an?|from|removing|leaving)-[a-z-]+)['`)]/g)].map(
      ([, procedure]) => procedure,
    );
    expect(named.length).toBeGreaterThanOrEqual(rules.length);
    expect(anchors(readPage('docs/procedures.md'))).toEqual(expect.arrayContaining(named));
  });
});
