import { gone } from '../../e2e/checks/backup';

describe('After retention', () => {
  const before = ['shop/db/snapshots/1', 'shop/db/snapshots/2', 'shop/redis/snapshots/3'];

  test('everything is there that was', () => {
    expect(gone(['db', 'redis'], before, [...before].reverse())).toEqual([]);
  });

  test('a snapshot that was forgotten is missed', () => {
    expect(gone(['db', 'redis'], before, before.slice(1))).toEqual(['shop/db/snapshots/1']);
  });

  test('so is a backup that never was', () => {
    expect(gone(['db', 'media'], before, before)).toEqual(['any of media']);
  });
});
