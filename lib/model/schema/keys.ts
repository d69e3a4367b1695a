import { z } from 'zod';

type Node = Record<string, unknown>;

function isNode(value: unknown): value is Node {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The alternatives of a JSON Schema node: itself, or the variants of its union. */
function variants(node: Node): Node[] {
  const inner = [node['anyOf'], node['oneOf'], node['allOf']].flatMap((list) =>
    Array.isArray(list) ? list.filter(isNode) : [],
  );
  return [node, ...inner.flatMap(variants)];
}

function child(node: Node, key: PropertyKey): Node | undefined {
  for (const variant of variants(node)) {
    const properties = variant['properties'];
    const named = isNode(properties) ? properties[String(key)] : undefined;
    const found = named ?? (typeof key === 'number' ? variant['items'] : variant['additionalProperties']);
    if (isNode(found)) return found;
  }
  return undefined;
}

/** A function that lists the keys a schema knows at a path, for the nearest name of a misspelt one. */
export function keysOf(schema: z.ZodType): (path: readonly PropertyKey[]) => readonly string[] {
  let root: Node | undefined;
  return (path) => {
    root ??= z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Node;
    const node = path.reduce<Node | undefined>((current, key) => current && child(current, key), root);
    const keys =
      node === undefined
        ? []
        : variants(node).flatMap((variant) =>
            isNode(variant['properties']) ? Object.keys(variant['properties']) : [],
          );
    return [...new Set(keys)];
  };
}
