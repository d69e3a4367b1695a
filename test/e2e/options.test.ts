import { optionsOf } from '../../e2e/options';

const checks = ['start', 'drain', 'backup'];
const of = (...args: string[]) => optionsOf(args, checks);

describe('The command line of the end-to-end test', () => {
  test('names a system and checks', () => {
    expect(of()).toMatchObject({ system: 'django-react', page: false, keep: false, down: false, wherePossible: false });
    expect(of('lms', '--only=drain,backup', '--where-possible', '--page', '--keep')).toEqual({
      system: 'lms',
      only: ['drain', 'backup'],
      page: true,
      keep: true,
      down: false,
      wherePossible: true,
    });
  });

  test.each([
    ['a misspelt flag', ['--olny=drain'], /--olny.*--only=CHECK/],
    ['a check that there is not', ['--only=drain,drian'], /drian; there are start, drain, backup/],
    ['a flag with a value that it does not take', ['--page=no'], /--page/],
    ['two systems', ['lms', 'ci'], /lms and ci/],
  ])('is refused with %s, and with what there is', (_, args, refusal) => {
    expect(() => of(...args)).toThrow(refusal);
  });
});
