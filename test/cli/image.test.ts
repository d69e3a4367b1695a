import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatReleases } from '../../cli/commands/image';
import { keelson, removeTemporary, temporaryRoot } from './harness';

afterAll(removeTemporary);

const digest = `sha256:${'a'.repeat(64)}`;

describe('keelson image', () => {
  test('writes one line for each image, sorted, and says what changed', async () => {
    const root = temporaryRoot();
    const release = (...words: string[]) => keelson(['image', ...words, '--environment', 'production'], root);
    const first = await release(
      'frontend=registry.example.com/shop/frontend:1.4.2',
      `backend=registry.example.com/shop/backend:1.4.2@${digest}`,
    );
    expect(first.status).toBe(0);
    expect(first.out).toContain("backend: the system file's → registry.example.com/shop/backend:1.4.2");
    const file = join(root, 'environments', 'production.images.json');
    const before = readFileSync(file, 'utf8').split('\n');
    expect(before).toEqual([
      '{',
      '  "django-react": {',
      `    "backend": "registry.example.com/shop/backend:1.4.2@${digest}",`,
      '    "frontend": "registry.example.com/shop/frontend:1.4.2"',
      '  }',
      '}',
      '',
    ]);
    const second = await release('frontend=registry.example.com/shop/frontend:1.5.0');
    expect(second.out).toContain('registry.example.com/shop/frontend:1.4.2 → registry.example.com/shop/frontend:1.5.0');
    const after = readFileSync(file, 'utf8').split('\n');
    expect(after.filter((line, index) => line !== before[index])).toEqual([
      '    "frontend": "registry.example.com/shop/frontend:1.5.0"',
    ]);
  });

  test('is what the next synthesis deploys', async () => {
    const root = temporaryRoot();
    await keelson(['image', 'backend=registry.example.com/shop/backend:1.4.2', '--environment', 'production'], root);
    const { out } = await keelson(['report', '--format', 'json'], root);
    const images: { name: string; reference: string }[] = JSON.parse(out).images;
    expect(images.find(({ name }) => name === 'backend')?.reference).toBe('registry.example.com/shop/backend:1.4.2');
  });

  test.each([
    ['backend=shop/backend', 'an image with a version tag'],
    ['backend=shop/backend:latest', 'a tag that names a version'],
    ['backend=shop/backend:main', 'a tag that names a version'],
    ['backend=shop/backend:1.0.0@sha256:abc', 'a digest of the form'],
    ['backend=Shop/Backend:1.0.0', 'an image such as'],
    ['backand=shop/backend:1.0.0', 'did you mean "backend"?'],
    ['backend', 'NAME=REPOSITORY:TAG'],
    ['=shop/backend:1.0.0', 'NAME=REPOSITORY:TAG'],
    ['backand=shop/backend:1.0.0', '--system chooses another system'],
  ])('refuses %s and writes nothing', async (word, message) => {
    const root = temporaryRoot();
    const { status, err } = await keelson(['image', word, '--environment', 'production'], root);
    expect(status).toBe(1);
    expect(err).toContain(message);
    expect(existsSync(join(root, 'environments', 'production.images.json'))).toBe(false);
  });

  test('refuses two references for one name, and says what is wrong with each', async () => {
    const root = temporaryRoot();
    const words = ['backend=shop/backend:latest', 'backend=shop/backend:1.0.0'];
    const { status, err } = await keelson(['image', ...words, '--environment', 'production'], root);
    expect(status).toBe(1);
    expect(err).toContain('found two references for "backend", wanted one for each image');
    expect(err).toContain('found "shop/backend:latest", wanted a tag that names a version');
    expect(existsSync(join(root, 'environments', 'production.images.json'))).toBe(false);
  });

  test('releases the helper, which no system names', async () => {
    const root = temporaryRoot();
    const word = 'helper=registry.example.com/curl:8.17.0';
    const { status, err } = await keelson(['image', word, '--environment', 'production'], root);
    expect(err).not.toMatch(/^error/m);
    expect(status).toBe(0);
  });

  test('refuses a misspelt system and environment', async () => {
    const root = temporaryRoot();
    const { status, err } = await keelson(
      ['image', 'app=a/b:1.0.0', '--system', 'nestjs-aip', '--environment', 'prodution'],
      root,
    );
    expect(status).toBe(1);
    expect(err).toContain('did you mean "nestjs-api"?');
    expect(err).toContain('did you mean "production"?');
  });

  test('keeps the releases of other systems', async () => {
    const root = temporaryRoot();
    writeFileSync(
      join(root, 'environments', 'production.images.json'),
      formatReleases({ 'nestjs-api': { app: 'registry.example.com/app:2.0.0' } }),
    );
    await keelson(['image', 'backend=registry.example.com/shop/backend:1.4.2', '--environment', 'production'], root);
    const all = JSON.parse(readFileSync(join(root, 'environments', 'production.images.json'), 'utf8'));
    expect(Object.keys(all)).toEqual(['django-react', 'nestjs-api']);
  });
});
