import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeOldImages } from '../../e2e/images/old';

const cache = mkdtempSync(join(tmpdir(), 'keelson-images-'));

function folder(name: string, hours: number): string {
  const path = join(cache, name);
  mkdirSync(path);
  utimesSync(path, new Date(), new Date(Date.now() - hours * 3_600_000));
  return path;
}

afterAll(() => rmSync(cache, { recursive: true }));

test('Images of recipes as they were go, an hour after their last use; nothing else does', () => {
  const present = [folder('image-redis-aaaaaaaaaaaa', 9), folder('image-postgres-15-aaaaaaaaaaaa', 9)];
  const kept = [
    'image-redis-cccccccccccc',
    'image-redis_exporter-bbbbbbbbbbbb',
    'redis-bbbbbbbbbbbb',
    'kubelet-1.36.3',
  ];
  folder('image-redis-cccccccccccc', 0.5);
  for (const name of kept.slice(1)) folder(name, 9);
  const old = ['image-postgres-15-bbbbbbbbbbbb', 'image-redis-bbbbbbbbbbbb'];
  for (const name of old) folder(name, 9);
  expect(removeOldImages(present).sort()).toEqual(old);
  expect(readdirSync(cache)).toEqual([...kept, 'image-redis-aaaaaaaaaaaa', 'image-postgres-15-aaaaaaaaaaaa'].sort());
});
