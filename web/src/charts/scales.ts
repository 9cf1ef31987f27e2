import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from "d3-scale";

export type Scale = ScaleContinuousNumeric<number, number>;

/** Lengths, areas and money start at 0; a logarithm only where decades matter. */
export function scale(domain: [number, number], range: [number, number], log = false): Scale {
  return log ? scaleLog().domain(domain).range(range) : scaleLinear().domain(domain).range(range);
}

export function ticks(of: Scale, wanted: number, log = false): number[] {
  if (!log) return of.ticks(wanted);
  const [low, high] = of.domain() as [number, number];
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const digit of high / low > 300 ? [1] : [1, 2, 5]) {
      const value = digit * 10 ** power;
      if (value >= low * 0.999 && value <= high * 1.001) all.push(value);
    }
  }
  return all;
}

/** A domain for doubling sizes: ticks at powers of two. */
export function doublings(low: number, high: number, most: number): number[] {
  const all: number[] = [];
  for (let value = low; value <= high; value *= 2) all.push(value);
  const every = Math.ceil(all.length / most);
  return all.filter((_, i) => i % every === 0);
}

/** The top of an axis: the largest value with a little air, on a round number. */
export function top(values: number[]): number {
  const largest = Math.max(0, ...values.filter(Number.isFinite));
  return largest === 0 ? 1 : (scaleLinear().domain([0, largest * 1.04]).nice(5).domain()[1] ?? largest);
}
