import type { LabelSelector } from './policy';

export type Labels = Readonly<Record<string, string>>;

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

function meets(labels: Labels, requirement: Requirement): boolean {
  const value = labels[requirement.key];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value);
    case 'NotIn':
      // A label that is absent has none of the values.
      return value === undefined || !requirement.values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/**
 * Whether a label selector selects: every label and every requirement must hold, so an empty selector selects everything.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every((requirement) => meets(labels, requirement))
  );
}
