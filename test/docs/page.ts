import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { project } from '../cli/harness';

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

export function readPage(page: string): string {
  return readFileSync(join(project, page), 'utf8');
}

export function blocks(text: string): Block[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', body = '']) => ({
    language,
    text: body,
  }));
}

/** The commands of a block, one a line; a line that ends with `\` goes on. */
export function commands(block: Block): string[] {
  return block.text
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The file that a block shows, named in its first line: `// systems/shop.ts`. */
export function shownFile(block: Block): string | undefined {
  return /^(?:\/\/|#) ((?:systems|environments)\/[\w.-]+)$/m.exec(block.text.split('\n')[0] ?? '')?.[1];
}

/** Every `keelson …` in running text and tables. */
export function inlineCommands(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '');
  return [...prose.matchAll(/`(npx keelson [^`]+)`/g)].map(([, command = '']) => command);
}

/** Where a page links to, within the project. */
export function links(text: string): string[] {
  return [...text.matchAll(/\]\(([^)]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^https?:/.test(target));
}

/** GitHub's anchor of a heading. */
export function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

function parses(text: string): boolean {
  try {
    const { body } = parseSync(text, { syntax: 'typescript' });
    // `stores: { db: … }` would be a label before a block: no mistake to a parser, and none of what is meant.
    return body.every(({ type }) => type !== 'LabeledStatement');
  } catch {
    return false;
  }
}

/** Whether a block is a file, or what stands between the braces of one. */
export function isTypeScript(text: string): boolean {
  return parses(text) || parses(`({\n${text}\n});`);
}
