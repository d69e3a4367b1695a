import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { scratchFolder } from '../kit/scratch';

/**
 * What cannot be had here. `npm` has nothing to install in a checkout whose modules are a link. `trivy` is no package of
 * Debian, Go, npm or Python: this one takes its place, notes what it is asked, and finds something in what it is told to.
 */
export interface StandIns {
  folder: string;
  /** The arguments of each call of trivy since the last question. */
  scans: () => string[][];
  /** From now on this image has a finding. */
  taint: (image: string) => void;
}

export function standIns(): StandIns {
  const folder = scratchFolder('stand-ins');
  const [calls, tainted] = [join(folder, 'trivy.calls'), join(folder, 'trivy.tainted')];
  program(folder, 'npm', ['[ "$*" = ci ]']);
  program(folder, 'trivy', [
    `printf '%s\\n' "$*" >> '${calls}'`,
    'for image; do :; done', // the last argument
    `if grep --quiet --line-regexp --fixed-strings "$image" '${tainted}' 2>/dev/null; then exit 1; fi`,
  ]);
  return {
    folder,
    scans: () => {
      const lines = existsSync(calls) ? readFileSync(calls, 'utf8').split('\n').filter(Boolean) : [];
      rmSync(calls, { force: true });
      return lines.map((line) => line.split(' '));
    },
    taint: (image) => writeFileSync(tainted, `${image}\n`),
  };
}

function program(folder: string, name: string, lines: readonly string[]): void {
  const path = join(folder, name);
  writeFileSync(path, ['#!/bin/sh', 'set -eu', ...lines, ''].join('\n'));
  chmodSync(path, 0o755);
}

/** What every pod's port leads to: kwok's pods run nothing. */
export interface Pods {
  port: number;
  /** `HOST PATH` of each request since the last question. */
  asked: () => Set<string>;
  /** From now on this path is unwell. */
  fail: (path: string | undefined) => void;
  stop: () => Promise<void>;
}

export async function startPods(): Promise<Pods> {
  let asked = new Set<string>();
  let failing: string | undefined;
  const server = createServer((request, response) => {
    asked.add(`${request.headers.host} ${request.url}`);
    response.writeHead(request.url === failing ? 503 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    asked: () => {
      const all = asked;
      asked = new Set();
      return all;
    },
    fail: (path) => {
      failing = path;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
