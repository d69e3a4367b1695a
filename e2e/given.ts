/** The Secrets that only the outside knows, made by the commands that `keelson report` prints, with their blanks filled in. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createCommands } from '../lib/secrets/commands';
import { must } from '../verify/kit/command';
import { goProgram } from '../verify/kit/tools';
import { pki } from './cluster/certificates';
import { folders, KUBECONFIG } from './cluster/layout';
import type { Manifests } from './manifests';
import { webhookUrl } from './outside/names';
import { mustKubectl } from './stage';

/** The same for a namespace that is made again: it outlives the first, as docs/backup.md says. */
const keys: Readonly<Record<string, string>> = {
  ENCRYPTION_KEY: randomBytes(24).toString('hex'),
  ACCESS_KEY_ID: 'e2e',
  SECRET_ACCESS_KEY: randomBytes(24).toString('hex'),
};

/** @throws Error on a blank that nothing is known for */
function filled(command: string, secret: string): string {
  return command.replace(/=([A-Z_]+)(?= |$)/g, (_, blank: string) => {
    const value = blank === 'URL' ? webhookUrl(secret.replace('alertmanager-', '')) : keys[blank];
    if (value === undefined) throw new Error(`Secret ${secret}: nothing is known for ${blank}`);
    return `=${value}`;
  });
}

/** Namespace first, then the Secrets: what a person does before `kubectl apply`. */
export async function makeGivenSecrets({ plan, folder }: Manifests): Promise<void> {
  await mustKubectl(['apply', '-f', join(folder, '00-namespace.k8s.yaml')]);
  const cwd = join(folders.configuration, 'given');
  mkdirSync(cwd, { recursive: true });
  for (const part of ['crt', 'key']) copyFileSync(pki(`edge.${part}`), join(cwd, `tls.${part}`));
  const PATH = [dirname(goProgram('kubectl').path), process.env['PATH']].join(delimiter);
  for (const { secret, commands } of createCommands(plan)) {
    const script = commands.map((command) => filled(command, secret)).join('\n');
    await must('sh', ['-euc', script], { cwd, env: { PATH, KUBECONFIG } });
  }
}
