import { setTimeout as sleep } from 'node:timers/promises';
import { together } from '../../e2e/together';

test('What is done together ends together, also when one part fails', async () => {
  let ended = false;
  const slow = sleep(50).then(() => {
    ended = true;
    return 1;
  });
  const broken = Promise.reject(new Error('broken'));
  const torn = Promise.reject(new Error('torn'));
  await expect(together([broken, slow, broken, torn])).rejects.toThrow(/^broken; torn$/);
  expect(ended).toBe(true);
  expect(await together([slow, Promise.resolve(2)])).toEqual([1, 2]);
});
