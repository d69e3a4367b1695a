import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whatIsNotDebian } from '../../e2e/tools';

const folder = mkdtempSync(join(tmpdir(), 'keelson-release-'));
const path = process.env['PATH'];

function release(text: string): string {
  const file = join(folder, 'os-release');
  writeFileSync(file, text);
  return file;
}

afterEach(() => {
  process.env['PATH'] = path;
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('A machine that is no Debian', () => {
  test.each([
    ['another system', 'NAME="Fedora"\nID=fedora\nID_LIKE=debian\n', 'it is fedora'],
    ['a system in quotes', 'ID="alpine"\n', 'it is "alpine"'],
    ['a system that does not say', '', 'it is no Debian'],
  ])('says so: %s', async (_, text, reason) => {
    expect(await whatIsNotDebian(release(text))).toContain(reason);
  });

  test('says so where nothing says what it is', async () => {
    expect(await whatIsNotDebian(join(folder, 'nowhere'))).toContain('it is no Debian');
  });

  test('says so where it has no apt-get', async () => {
    symlinkSync('/bin/sh', join(folder, 'sh'));
    process.env['PATH'] = folder;
    expect(await whatIsNotDebian(release('ID=debian\n'))).toContain('it has no apt-get');
  });
});
