import type { Plan } from '../../lib/model/plan';
import type { Manifest } from './manifest';
import type { ContainerPlace, ObjectSet, Workload } from './objects';

/** What is wrong, one line each, with the object it is wrong in; nothing when the invariant holds. */
export type Check = (objects: ObjectSet, plan: Plan) => string[];

/** A way to break it: changes a good set in place. Throws where the set has nothing to break. */
export type Counterexample = (objects: ObjectSet, plan: Plan) => void;

/** Something that holds for all that is emitted, with the ways to break it that the tests prove it notices. */
export interface Invariant {
  /** The rules of analysers that it stands for, by tool: those of `reference/production.md` §1 that cannot be installed. */
  readonly rules?: string;
  readonly check: Check;
  /** By what is done. */
  readonly broken: Readonly<Record<string, Counterexample>>;
}

/** Invariants of one subject, by what holds. */
export type Invariants = Readonly<Record<string, Invariant>>;

/** A check of each object by itself. */
export function eachManifest(check: (manifest: Manifest, plan: Plan) => string[]): Check {
  return ({ manifests }, plan) =>
    manifests.flatMap((manifest) =>
      check(manifest, plan).map((text) => `${manifest.kind}/${manifest.metadata.name}: ${text}`),
    );
}

/** A check of each workload by itself. */
export function eachWorkload(check: (workload: Workload, plan: Plan) => string[]): Check {
  return ({ workloads }, plan) =>
    workloads.flatMap((workload) => check(workload, plan).map((text) => `${workload.at}: ${text}`));
}

/** A check of each container by itself, init containers included. */
export function eachContainer(check: (place: ContainerPlace, plan: Plan) => string[]): Check {
  return ({ containers }, plan) =>
    containers.flatMap((place) => check(place, plan).map((text) => `${place.at}: ${text}`));
}

/** `text` where something is wrong, nothing where not. */
export function unless(good: boolean, text: string): string[] {
  return good ? [] : [text];
}

/** What occurs more than once. */
export function repeated(words: readonly string[]): string[] {
  return [...new Set(words.filter((word, index) => words.indexOf(word) !== index))];
}

/** The first of a list that a counter-example can break. */
export function some<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error('the set has nothing like that to break');
  return first;
}

/** The main container of some workload of a kind. */
export function mainOf(objects: ObjectSet, kind = 'Deployment'): ContainerPlace['container'] {
  return some(objects.containers.filter(({ workload, init }) => workload.manifest.kind === kind && !init)).container;
}

/** An object of a kind. */
export function one(objects: ObjectSet, kind: string): Manifest {
  return some(objects.ofKind(kind));
}

/** The same with its spec, which it has. */
export function specOf(objects: ObjectSet, kind: string): NonNullable<Manifest['spec']> {
  const { spec } = one(objects, kind);
  if (spec === undefined) throw new Error(`${kind} has no spec`);
  return spec;
}
