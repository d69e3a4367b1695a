import { combinations, type Synthesized, synthesized, title } from '../synthesis/combinations';
import type { Check } from './invariant';
import { ObjectSet } from './objects';
import { subjects } from './subjects';

/** What the counter-examples break: every kind of workload, autoscalers, claims, Jobs, an Ingress. */
const good = { system: 'lms', environment: 'production', tier: 'high' } as const;

/** A set of one's own to break. */
function copyOf({ objects, plan }: Synthesized): Synthesized {
  return { plan: structuredClone(plan), objects: new ObjectSet(structuredClone(objects.manifests)) };
}

/** Reads the set again: what was changed in a pod must show wherever pods are looked at. */
function reread({ objects, plan }: Synthesized): Synthesized {
  return { plan, objects: new ObjectSet(objects.manifests) };
}

test.each(combinations.map((combination) => [title(combination), combination] as const))('%s synthesizes', (_, one) => {
  expect(synthesized(one).objects.manifests.length).toBeGreaterThan(0);
});

/** One that is refused has failed above. */
function accepted(): [string, Synthesized][] {
  return combinations.flatMap((combination): [string, Synthesized][] => {
    try {
      return [[title(combination), synthesized(combination)]];
    } catch {
      return [];
    }
  });
}

/** What a check finds anywhere, each finding once, with the places. */
function findings(check: Check): string[] {
  const places = new Map<string, string[]>();
  for (const [where, { objects, plan }] of accepted()) {
    for (const text of new Set(check(objects, plan))) places.set(text, [...(places.get(text) ?? []), where]);
  }
  return [...places].map(
    ([text, [first, ...more]]) => `${text} [${first}${more.length ? ` and ${more.length} more` : ''}]`,
  );
}

describe.each(Object.entries(subjects))('%s', (_, invariants) => {
  describe.each(Object.entries(invariants))('%s', (_, { check, broken }) => {
    test('holds in every system, environment and tier', () => {
      expect(findings(check)).toEqual([]);
    });

    test('has a counter-example', () => {
      expect(Object.keys(broken)).not.toHaveLength(0);
    });

    test.each(Object.entries(broken))('notices: %s', (_, breakIt) => {
      const set = copyOf(synthesized(good));
      expect(check(set.objects, set.plan)).toEqual([]);
      breakIt(set.objects, set.plan);
      const { objects, plan } = reread(set);
      expect(check(objects, plan)).not.toEqual([]);
    });
  });
});

test('an invariant is stated once', () => {
  const names = Object.values(subjects).flatMap((invariants) => Object.keys(invariants));
  expect(names).toEqual([...new Set(names)]);
});
