import { setTimeout as sleep } from 'node:timers/promises';
import { Interruption } from '../../e2e/interruption';
import { run } from '../../verify/kit/command';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const nothing = async (): Promise<void> => undefined;

function interrupt(name: NodeJS.Signals = 'SIGINT'): void {
  process.emit(name, name);
}

describe('Work on the machine', () => {
  let interruption: Interruption;

  beforeEach(() => {
    interruption = new Interruption();
  });

  afterEach(() => {
    for (const name of signals) process.removeAllListeners(name);
  });

  test('hands over its result after the clean-up', async () => {
    const cleanUp = jest.fn(nothing);
    expect(await interruption.during(async () => 'done', cleanUp)).toBe('done');
    expect(cleanUp).toHaveBeenCalledTimes(1);
  });

  test('is cleaned up after when it fails, and both reasons are said', async () => {
    const work = (): Promise<void> => Promise.reject(new Error('no image'));
    const cleanUp = (): Promise<void> => Promise.reject(new Error('busy mount'));
    await expect(interruption.during(work, cleanUp)).rejects.toThrow('no image\nbusy mount');
  });

  test.each(signals)('has its commands ended by %s, one after the other', async (name) => {
    const [begin, ended] = [Date.now(), [] as number[]];
    const work = async (): Promise<void> => {
      for (let count = 0; count < 3; count++) ended.push((await run('sleep', ['60'])).status);
      interruption.check();
    };
    const cleanUp = jest.fn(nothing);
    const done = interruption.during(work, cleanUp);
    await sleep(100);
    interrupt(name);
    await expect(done).rejects.toThrow(`interrupted by ${name}`);
    expect(ended).toEqual([1, 1, 1]);
    expect(cleanUp).toHaveBeenCalledTimes(1);
    expect(Date.now() - begin).toBeLessThan(10_000);
  });

  test('has a clean-up made again that a signal has cut short', async () => {
    let made = 0;
    const cleanUp = async (): Promise<void> => {
      made++;
      if (made > 1) return;
      interrupt();
      throw new Error('umount was ended');
    };
    expect(await interruption.during(async () => 'done', cleanUp)).toBe('done');
    expect(made).toBe(2);
  });

  test('lets the commands of a clean-up be', async () => {
    const statuses: number[] = [];
    const cleanUp = async (): Promise<void> => {
      statuses.push((await run('sleep', ['0.5'])).status);
    };
    const work = async (): Promise<void> => {
      interrupt();
      interruption.check();
    };
    await expect(interruption.during(work, cleanUp)).rejects.toThrow('interrupted');
    expect(statuses).toEqual([0]);
  });
});
