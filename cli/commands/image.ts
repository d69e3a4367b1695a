import { writeFileSync } from 'node:fs';
import { loaded } from '../../lib/choice';
import { isRecord } from '../../lib/model/merge';
import { nearest } from '../../lib/model/nearest';
import { type Problem, ProblemsError } from '../../lib/model/problem';
import { imageNames, referenceFault } from '../../lib/model/resolve/images';
import { settled } from '../../lib/strays';
import type { Session } from '../session';

interface ImageOptions {
  readonly environment: string;
  readonly system: string;
}

/** By system, then by image name: what `environments/<environment>.images.json` holds. */
type Releases = Readonly<Record<string, Readonly<Record<string, string>>>>;

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The texts of a record; anything else is the model's to refuse. */
function texts(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (typeof item === 'string' ? [[key, item]] : [])),
  );
}

function wrong(rule: string, path: string, found: string, wanted: string, near?: string): Problem {
  return { severity: 'error', rule, path, found, wanted, ...(near === undefined ? {} : { nearest: near }) };
}

/** `backend=registry.example.com/shop/backend:1.4.2` → name and reference. */
function parseRelease(word: string): readonly [string, string] | Problem {
  const equals = word.indexOf('=');
  if (equals > 0 && equals < word.length - 1) return [word.slice(0, equals), word.slice(equals + 1)];
  return wrong(
    'image-argument',
    'image',
    `"${word}"`,
    'NAME=REPOSITORY:TAG, e.g. backend=registry.example.com/shop/backend:1.4.2',
  );
}

/** The names that a release of a system may set, from its file. */
function namesOf(session: Session, system: string): string[] {
  const file = loaded(`systems/${system}`, () => session.workspace.system(system));
  const images = 'raw' in file && isRecord(file.raw) ? file.raw['images'] : undefined;
  return imageNames(isRecord(images) ? images : {}).sort();
}

function readReleases(session: Session, environment: string): Releases {
  const path = `environments/${environment}.images.json`;
  const file = loaded(path, () => session.workspace.images(environment));
  if ('problem' in file) throw new ProblemsError([file.problem]);
  if (!isRecord(file.raw))
    throw new ProblemsError([wrong('images-file', path, JSON.stringify(file.raw), 'an object by system')]);
  return Object.fromEntries(Object.entries(file.raw).map(([system, images]) => [system, texts(images)]));
}

/** One line for each image, sorted: a release is a one-line diff, and two people's releases rarely meet. */
export function formatReleases(releases: Releases): string {
  const all = Object.entries(sorted(releases)).map(([system, images]) => [system, sorted(images)] as const);
  return `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`;
}

/** What is wrong with the releases by themselves: every reference, also one that another would win over. */
function releaseProblems(released: readonly (readonly [string, string])[], path: string): Problem[] {
  return released.flatMap(([name, reference], index) => {
    const fault = referenceFault(reference, true);
    const first = released.findIndex(([other]) => other === name);
    return [
      ...(fault === undefined ? [] : [wrong('image-reference', `${path}.${name}`, `"${reference}"`, fault)]),
      ...(first === index ? [] : [wrong('image-twice', 'image', `two references for "${name}"`, 'one for each image')]),
    ];
  });
}

/** `keelson image` */
export async function imageCommand(
  session: Session,
  words: readonly string[],
  { environment, system }: ImageOptions,
): Promise<void> {
  const parsed = words.map(parseRelease);
  const problems = parsed.filter((item): item is Problem => 'rule' in item);
  if (problems.length) throw new ProblemsError(problems);
  const released = parsed.filter((item): item is readonly [string, string] => !('rule' in item));
  const faults = releaseProblems(released, `environments/${environment}.images.json.${system}`);
  if (faults.length) throw new ProblemsError(faults);
  const choice = { system, environment };
  const known = session.workspace.systems().includes(system) ? namesOf(session, system) : undefined;
  const unknown = known === undefined ? [] : released.filter(([name]) => !known.includes(name));
  if (known !== undefined && unknown.length) {
    const wanted = `an image of ${system}: ${known.join(', ')}; --system chooses another system`;
    throw new ProblemsError(
      unknown.map(([name]) =>
        wrong('unknown-image', `systems/${system}.images`, `"${name}"`, wanted, nearest(name, known)),
      ),
    );
  }
  const before = session.workspace.environments().includes(environment) ? readReleases(session, environment) : {};
  const after = { ...before, [system]: { ...before[system], ...Object.fromEntries(released) } };
  // The whole system with its new images is checked before anything is written.
  session.plan(choice, after);
  await settled();
  writeFileSync(session.workspace.imagesFile(environment), formatReleases(after));
  for (const [name, reference] of released) {
    const was = before[system]?.[name] ?? "the system file's";
    session.out(
      was === reference ? `${name}: ${reference}, unchanged` : `${name}: ${was} → ${session.color.bold(reference)}`,
    );
  }
}
