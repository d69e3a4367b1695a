import { fittedExponent } from '../../bench/exponent';
import { systemOf } from '../../bench/generate';
import type { Measurement } from '../../bench/measure';
import { page } from '../../bench/page';
import { judge } from '../../bench/verdict';
import { resolvePlan } from '../../lib/model';

const sizes = [1, 10, 100, 1000];

/** Phases that take `seconds` at 1,000 services and grow with the exponent. */
function measured(renderExponent: number, wholeExponent = 0.5): Measurement[] {
  const at = (services: number, exponent: number): number => 10 * (services / 1000) ** exponent;
  return sizes.map((services) => ({
    services,
    seconds: at(services, wholeExponent),
    memory: 100,
    objects: services * 6,
    size: 1,
    phases: {
      load: 0.5,
      resolve: at(services, 1),
      charts: at(services, 1),
      render: at(services, renderExponent),
      write: 0.001 * services ** 2 * 1e-6,
    },
  }));
}

test('the fitted exponent is the slope of the logarithms', () => {
  expect(fittedExponent(sizes.map((size) => [size, 3 * size]))).toBeCloseTo(1);
  expect(fittedExponent(sizes.map((size) => [size, 3 * size ** 2]))).toBeCloseTo(2);
  expect(fittedExponent(sizes.map((size) => [size, 3]))).toBeCloseTo(0);
});

test('linear growth passes, and a phase too short to notice is not judged', () => {
  expect(judge(measured(1)).faults).toEqual([]);
});

test('a quadratic phase fails, even while the whole process looks linear', () => {
  expect(judge(measured(2)).faults).toEqual([
    'the work from 100 to 1,000 services grows with the exponent 1.15, more than 1.1',
    'render grows with the exponent 2.00, more than 1.4',
  ]);
});

test('a quadratic step fails that hides behind the start-up, and is none of a single phase', () => {
  // Each phase by itself stays below its own limit.
  const step = measured(1).map(({ phases: { load, resolve, charts, render, write }, services, ...rest }) => {
    const more = services === 1000 ? 2 : 1;
    return {
      ...rest,
      services,
      phases: { load, resolve: more * resolve, charts: more * charts, render: more * render, write },
    };
  });
  expect(judge(step).faults).toEqual([
    'the work from 100 to 1,000 services grows with the exponent 1.30, more than 1.1',
  ]);
});

test('a whole process above 1.1 fails', () => {
  expect(judge(measured(1, 1.2)).faults).toEqual(['the whole process grows with the exponent 1.20, more than 1.1']);
});

test('the generated system is accepted by the model, and has a route and a service each', () => {
  const environment = {
    description: 'x',
    mode: 'production',
    tier: 'medium',
    domain: 'example.com',
    tls: { by: 'none' },
  };
  const { plan, problems } = resolvePlan({
    system: { id: 'bench', raw: systemOf(10) },
    environment: { name: 'test', raw: environment },
  });
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(plan?.services).toHaveLength(10);
  expect(plan?.edge.routes).toHaveLength(10);
  expect(plan?.services.every(({ autoscaler }) => autoscaler !== undefined)).toBe(true);
});

test('the page has a line for each size', () => {
  const text = page(measured(1), judge(measured(1)), 'a machine');
  expect(text).toContain('| 1,000 | 6,000 | 1.00 MiB | 10.00 s | 100 MiB |');
  expect(text).toMatch(/exponent from 100 to 1,000 \| 0\.00 \| 1\.00/);
});
