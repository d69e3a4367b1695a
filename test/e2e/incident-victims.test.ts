import { isComplete } from '../../e2e/checks/kill';
import type { Pod } from '../../e2e/stage';

function pod(ready: boolean): Pod {
  return { status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] } } as unknown as Pod;
}

describe('What is to be killed is there', () => {
  test('when it has its figure, or more', () => {
    expect(isComplete([pod(true), pod(true)], 2)).toBe(true);
    expect(isComplete([pod(true), pod(true), pod(true)], 2)).toBe(true);
  });

  test('not when one is missing', () => {
    expect(isComplete([pod(true)], 2)).toBe(false);
    expect(isComplete([], 0)).toBe(false);
  });

  test('not when one is not Ready', () => {
    expect(isComplete([pod(true), pod(true), pod(false)], 2)).toBe(false);
  });
});
