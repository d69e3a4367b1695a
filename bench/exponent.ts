/** A size and what it took. */
export type Point = readonly [size: number, value: number];

/** The exponent k of value ≈ c × sizeᵏ: the slope of the least-squares line through the logarithms. 1 is linear, 2 quadratic. */
export function fittedExponent(points: readonly Point[]): number {
  const logs = points.map(([size, value]) => [Math.log(size), Math.log(value)] as const);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(logs.map(([size]) => size)), mean(logs.map(([, value]) => value))];
  const above = logs.reduce((sum, [size, value]) => sum + (size - x) * (value - y), 0);
  const below = logs.reduce((sum, [size]) => sum + (size - x) ** 2, 0);
  return above / below;
}
