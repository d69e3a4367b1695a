import { nginxFiles } from '../../lib/proxy';
import { proxyOf, type Shop, shopPlan } from './fixture';

/** The configuration of a shop's proxy, by file. */
export function files(shop: Shop = {}): Record<string, string> {
  const plan = shopPlan(shop);
  return nginxFiles(proxyOf(plan), plan.namespace, plan.edge.hosts);
}

/** All of it. */
export function all(shop: Shop = {}): string {
  return Object.values(files(shop)).join('');
}

/** The lines of the block that starts with `head`. */
export function block(text: string | undefined, head: string): string[] {
  const lines = (text ?? '').split('\n');
  const start = lines.findIndex((line) => line.trim() === `${head} {`);
  const indent = lines[start]?.search(/\S/) ?? 0;
  const end = lines.findIndex((line, index) => index > start && line === `${' '.repeat(indent)}}`);
  return start < 0 ? [] : lines.slice(start + 1, end).map((line) => line.trim());
}
