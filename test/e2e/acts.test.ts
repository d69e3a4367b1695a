import { type Act, acts, countLine, namesOf, type Outcome, perform } from '../../e2e/acts';
import { DoesNotApply, doesNotApply } from '../../e2e/stage';

const rest = async (): Promise<void> => undefined;

function act(name: string, essential = false): Act {
  return { name, check: rest, essential };
}

function outcome(name: string, result: Outcome['result'] = 'passed'): Outcome {
  return { name, seconds: 0, result };
}

describe('Checks', () => {
  const order: Act = { inTurn: [act('first', true), { atOnce: [act('second'), act('third')] }] };
  const namesAfter = async (result: Outcome['result']): Promise<string[]> => {
    const outcomes = await perform(order, async (name) => [outcome(name, name === 'first' ? result : 'passed')]);
    return outcomes.map(({ name }) => name);
  };

  test('are all made', async () => {
    expect(await namesAfter('passed')).toEqual(['first', 'second', 'third']);
  });

  test('end with an essential one that failed', async () => {
    expect(await namesAfter('failed')).toEqual(['first']);
  });
});

test('No two checks have one name: a run asks for them by it', () => {
  const names = namesOf(acts);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('A check with nothing to look at counts neither way', () => {
  expect(() => doesNotApply('no backup')).toThrow(new DoesNotApply('no backup'));
  const outcomes = [outcome('a'), outcome('b', 'does not apply'), outcome('c', 'failed')];
  expect(countLine(outcomes)).toBe('tests: 1 passed, 1 failed');
});
