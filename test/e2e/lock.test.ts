import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beganAt } from '../../e2e/cluster/processes';
import { holdMachine } from '../../e2e/lock';

const folder = mkdtempSync(join(tmpdir(), 'keelson-lock-'));
const file = join(folder, 'e2e', 'lock');

afterEach(() => rmSync(join(folder, 'e2e'), { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('The machine', () => {
  test('is held by one process', () => {
    holdMachine(file);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid} ${beganAt(process.pid)}`);
    expect(() => holdMachine(file)).toThrow(`under way on this machine: process ${process.pid}, since`);
    expect(readdirSync(join(folder, 'e2e'))).toEqual(['lock']);
  });

  test.each([
    [
      'that is gone',
      async () => {
        const child = spawn('true');
        await once(child, 'close');
        return `${child.pid} 1`;
      },
    ],
    ['whose number another one has now', async () => `${process.pid} 1`],
    ['that wrote nothing', async () => ''],
  ])('is free after a process %s', async (_, owner) => {
    holdMachine(file);
    writeFileSync(file, await owner());
    holdMachine(file);
    expect(readFileSync(file, 'utf8')).toBe(`${process.pid} ${beganAt(process.pid)}`);
    expect(existsSync(file)).toBe(true);
  });
});
