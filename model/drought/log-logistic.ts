import type {LMoments} from './l-moments.ts';

/** Generalised logistic (log-logistic) distribution: location, scale, shape. */
export type LogLogistic = {location: number; scale: number; shape: number};

/** Fit by L-moments. Source: Hosking & Wallis (1997), Regional Frequency Analysis, appendix A.7. */
export function fitLogLogistic({l1, l2, skewness}: LMoments): LogLogistic {
  const shape = -skewness;
  const angle = shape * Math.PI;
  // sin(x)/x, and 1/k − π/sin(kπ), at a shape of nought
  if (Math.abs(shape) < 1e-9) return {location: l1, scale: l2, shape: 0};
  const scale = (l2 * Math.sin(angle)) / angle;
  return {location: l1 - scale * (1 / shape - Math.PI / Math.sin(angle)), scale, shape};
}

/** Share of the distribution up to a value, 0 to 1; both ends where the value lies beyond the distribution's own. */
export function logLogisticShare(x: number, {location, scale, shape}: LogLogistic): number {
  const standard = (x - location) / scale;
  if (shape === 0) return 1 / (1 + Math.exp(-standard));
  const inner = 1 - shape * standard;
  if (inner <= 0) return shape > 0 ? 1 : 0;
  return 1 / (1 + Math.exp(Math.log(inner) / shape));
}
