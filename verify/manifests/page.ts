import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root';

/** The command lines of the shell blocks below a heading of a page, in order; the heading as GitHub's anchor. */
export function commandsBelow(page: string, anchor: string): string[] {
  const sections = readFileSync(join(ROOT, 'docs', page), 'utf8').split(/^## /m);
  const section = sections.find((text) => anchorOf(text.split('\n')[0] ?? '') === anchor);
  if (section === undefined) throw new Error(`docs/${page} has no heading ${anchor}`);
  const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, body = '']) => body);
  const lines = blocks.flatMap((body) => body.split('\n')).filter((line) => line.trim() !== '');
  if (lines.length === 0) throw new Error(`docs/${page} shows no command below ${anchor}`);
  return lines;
}

/** Every heading of a page, as GitHub's anchors. */
export function anchorsOf(page: string): string[] {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8');
  return [...text.matchAll(/^## (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
