import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { earlierDist } from '../../verify/manifests/earlier-dist';

const folder = mkdtempSync(join(tmpdir(), 'keelson-earlier-'));
const full = join(folder, 'full');
const shallow = join(folder, 'shallow');

function git(at: string, ...args: string[]): void {
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
  execFileSync('git', ['-C', at, ...author, ...args], { stdio: 'pipe' });
}

function writeDist(at: string, text: string): void {
  mkdirSync(join(at, 'dist'), { recursive: true });
  writeFileSync(join(at, 'dist', 'a.k8s.yaml'), text);
}

function release(text: string): void {
  writeDist(full, text);
  git(full, 'add', '--all');
  git(full, 'commit', '--quiet', '--message', text.trim());
}

beforeAll(() => {
  mkdirSync(full);
  git(full, 'init', '--quiet', '--initial-branch=main');
  release('first: 1\n');
  release('second: 2\n');
  writeFileSync(join(full, 'README.md'), 'nothing of dist/\n');
  git(full, 'add', '--all');
  git(full, 'commit', '--quiet', '--message', 'a page');
  git(folder, 'clone', '--quiet', '--depth', '1', `file://${full}`, shallow);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the release from which make verify comes', () => {
  test('is the dist/ before the last commit that changed it', async () => {
    const { title, files } = await earlierDist(full);
    expect([...files]).toEqual([['a.k8s.yaml', 'first: 1\n']]);
    expect(title).toMatch(/^the dist\/ before [0-9a-f]{7,} changed it$/);
  });

  test('is the committed one in a shallow clone, and says so', async () => {
    writeDist(shallow, 'third: 3\n');
    const { title, files } = await earlierDist(shallow);
    expect([...files]).toEqual([['a.k8s.yaml', 'second: 2\n']]);
    expect(title).toContain('as in a shallow clone');
  });

  test('is that of the folder where there is no repository, and says so', async () => {
    const plain = join(folder, 'plain');
    writeDist(plain, 'of a download: 4\n');
    const { title, files } = await earlierDist(plain);
    expect([...files]).toEqual([['a.k8s.yaml', 'of a download: 4\n']]);
    expect(title).toContain('no git repository');
  });

  test('is an error where there is none at all', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);
    await expect(earlierDist(empty)).rejects.toThrow('There is no dist/');
  });
});
