/** An authority that images trust as they trust the public ones: its certificate is packed into them, so it outlives a run. */
import { join } from 'node:path';
import { cacheFolder, fillCache, isCached } from '../../verify/kit/cache';
import { must } from '../../verify/kit/command';

const NAME = 'outside-authority';
const VERSION = '1';

export const authority = {
  certificate: join(cacheFolder(NAME, VERSION), 'ca.crt'),
  key: join(cacheFolder(NAME, VERSION), 'ca.key'),
} as const;

export async function ensureAuthority(): Promise<void> {
  if (isCached(NAME, VERSION)) return;
  await fillCache(NAME, VERSION, async (folder) => {
    const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
    const files = ['-keyout', join(folder, 'ca.key'), '-out', join(folder, 'ca.crt')];
    const subject = ['-days', '3650', '-subj', '/CN=keelson-e2e-outside'];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    await must('openssl', [
      'req',
      '-x509',
      ...key,
      ...subject,
      ...files,
      ...extensions.flatMap((it) => ['-addext', it]),
    ]);
  });
}
