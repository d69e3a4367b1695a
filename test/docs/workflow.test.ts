import { execFileSync } from 'node:child_process';
import { evaluate, faultsOf, readWorkflow, type Step, WORKFLOWS } from '../../verify/delivery/workflow';
import { keelson, removeTemporary, temporaryRoot } from '../cli/harness';
import { readPage } from './page';

const workflows = WORKFLOWS.map(readWorkflow);
const steps = workflows.flatMap(({ file, jobs }) =>
  jobs.flatMap((job) => job.steps.map((step): [string, Step] => [`${file}, ${job.name}: ${step.name}`, step])),
);

/** What a runner has, what the page says it needs, and what a step installs. */
const programs = ['bash', 'curl', 'git', 'grep', 'jq', 'kubectl', 'mkdir', 'npm', 'npx', 'sed', 'sh', 'sleep', 'tar'];
const installed = [...programs, 'cat', 'tee', 'timeout', 'trivy'];
const builtIn = ['[', 'echo', 'exit', 'kill', 'printf', 'read', 'trap', 'umask', '{', '}'];
const keywords = ['if', 'then', 'else', 'fi', 'while', 'do', 'done', 'until', '!', '||', '&&', '|', ';', '{', '('];

afterAll(removeTemporary);

/** The first word of each command of a script; assignments, and what stands in quotes, are none. */
function commandsOf(script: string): string[] {
  const plain = script
    .replace(/#.*$/gm, '')
    .replace(/\\\n/g, ' ')
    .replace(/'[^']*'/g, 'TEXT')
    .replace(/\$\(/g, '\n')
    .replace(/"[^"\n]*"/g, 'TEXT');
  const pieces = plain.split(/\n|\|\||&&|\||;|&(?!\d)|\bthen\b|\bdo\b|\bwhile\b|\bif\b|\bfi\b|\bdone\b/);
  return pieces
    .map((piece) => piece.trim().replace(/^(?:[{!(]\s+)?(?:\w+=\S*\s+)?/, ''))
    .filter((piece) => piece !== '' && !/^(?:\w+=|[<>)}]|\d?>|TEXT)/.test(piece))
    .map((piece) => piece.split(/\s+/)[0] ?? '');
}

test.each(workflows.map((workflow) => [workflow.file, workflow] as const))('%s is sound as a whole', (_, workflow) => {
  expect(faultsOf(workflow)).toEqual([]);
});

test.each(steps)('%s is a script of programs that there are', (_, { run }) => {
  execFileSync('bash', ['-n'], { input: run });
  const unknown = commandsOf(run).filter((word) => ![...installed, ...builtIn, ...keywords].includes(word));
  expect(unknown).toEqual([]);
});

test('every keelson command of the workflow does what its step wants', async () => {
  const root = temporaryRoot();
  await keelson(['synth', 'django-react', 'production', '--out', 'previous/dist'], root);
  const lines = steps.flatMap(([, { run }]) =>
    [...run.matchAll(/npx keelson ([^|>\n]*)/g)].map(([, words = '']) => words),
  );
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines) {
    const words = line.replace(/\s2$/, '').replace('"$SYSTEM"', 'django-react').replace('"$ENVIRONMENT"', 'staging');
    const { status, err } = await keelson(words.trim().split(/\s+/), root);
    expect({ line, status, err: err.match(/^error.*/gm) }).toEqual({ line, status: 0, err: null });
  }
});

test('the page names every step that the workflow has to have', () => {
  const page = readPage('docs/ci.md');
  for (const wanted of ['keelson check --all', 'server dry run', 'kubectl diff', 'rollout status', 'rollout undo'])
    expect(page).toContain(wanted);
  const scripts = steps.map(([, { run }]) => run).join('\n');
  for (const wanted of [
    'check --all',
    'trivy image',
    '--dry-run=server',
    'kubectl diff',
    'rollout status',
    'rollout undo',
  ])
    expect(scripts).toContain(wanted);
});

/** As GitHub writes it. */
const expression = (name: string): string => ['$', '{{ ', name, ' }}'].join('');

test('an expression that nobody gives a value is a fault', () => {
  expect(evaluate(`${expression('inputs.a')}-plan`, { 'inputs.a': 'x' })).toBe('x-plan');
  expect(() => evaluate(expression('inputs.b'), {})).toThrow('asks for inputs.b');
});

test('a workflow with a fault is not sound', () => {
  const [deploy] = workflows;
  const faulty = { ...deploy, file: 'x.yml', env: {}, shell: '', jobs: [] };
  const job = {
    name: 'a',
    env: {},
    needs: ['b'],
    steps: [{ name: '', run: `echo ${expression('x')}`, env: {}, onFailure: false }],
  };
  expect(faultsOf({ ...faulty, jobs: [job, { ...job, name: 'c', needs: [], steps: [], calls: 'no.yml' }] })).toEqual([
    'x.yml: the default shell is not bash',
    'x.yml: a needs b, which is no job',
    `x.yml: a: a step without a name: echo ${expression('x')}`,
    'x.yml: a, : an expression in a script',
    'x.yml: c calls no.yml',
  ]);
});
