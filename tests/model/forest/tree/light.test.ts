import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
  absorbedAreaM2,
  bareCrownOpacity,
  type CellTree,
  type Crown,
  cellSums,
  crownDiameterM,
  crownOpacity,
  crownRadiusM,
  discViewFactor,
  lightIndex,
  lightResponse,
  neighbourTransmission,
  overtoppedIndex,
  receiverHeightM,
  shadeReachM,
  shareCell,
} from '#model';

const between = (min: number, max: number) => fc.double({min, max, noNaN: true});
const crowns: fc.Arbitrary<Crown> = fc
  .tuple(between(1.5, 60), between(0.3, 12), between(0, 900))
  .map(([heightM, crownRadiusM, leafAreaM2]) => ({
    heightM,
    crownLengthM: 0.5 * heightM,
    crownRadiusM,
    leafAreaM2,
  }));

describe('view factor of a disc', () => {
  it('overhead is a²/(a² + dz²), exactly', () => {
    for (const [above, radius] of [
      [1, 1],
      [0.2, 5],
      [12, 3],
      [30, 0.5],
    ] as const) {
      expect(discViewFactor(above, 0, radius)).toBeCloseTo(radius ** 2 / (radius ** 2 + above ** 2), 15);
    }
  });

  it('of a disc that covers the sky is 1, of a far one 0', () => {
    expect(discViewFactor(0.001, 0, 1000)).toBeCloseTo(1, 10);
    expect(discViewFactor(5, 100_000, 3)).toBeCloseTo(0, 7);
  });

  it('agrees with adding up the disc piece by piece', () => {
    // ∫ cos²θ/(π r²) dA over the disc, both surfaces horizontal: z²/(π (z² + ρ²)²)
    for (const {above, distance, radius} of [
      {above: 4, distance: 3, radius: 2},
      {above: 2, distance: 6, radius: 3},
      {above: 7, distance: 1, radius: 4},
    ]) {
      const steps = 600;
      let sum = 0;
      for (let i = 0; i < steps; i += 1) {
        for (let j = 0; j < steps; j += 1) {
          const x = (2 * (i + 0.5)) / steps - 1;
          const y = (2 * (j + 0.5)) / steps - 1;
          if (x * x + y * y > 1) continue;
          const rho2 = (distance + radius * x) ** 2 + (radius * y) ** 2;
          sum += (above ** 2 / (Math.PI * (above ** 2 + rho2) ** 2)) * ((2 * radius) / steps) ** 2;
        }
      }
      expect(Math.abs(discViewFactor(above, distance, radius) / sum - 1)).toBeLessThan(2e-3);
    }
  });

  it('falls with distance and stays within 0 and 1', () => {
    fc.assert(
      fc.property(between(0.2, 40), between(0, 30), between(0, 30), between(0.1, 12), (dz, d1, d2, a) => {
        const near = discViewFactor(dz, Math.min(d1, d2), a);
        const far = discViewFactor(dz, Math.max(d1, d2), a);
        expect(near).toBeGreaterThanOrEqual(far - 1e-12);
        expect(near).toBeLessThanOrEqual(1);
        expect(far).toBeGreaterThanOrEqual(-1e-12);
      }),
    );
  });
});

describe('light index', () => {
  const neighbours = fc.array(fc.record({crown: crowns, distanceM: between(0, 25)}), {maxLength: 12});

  it('of a lone tree is 1', () => {
    fc.assert(
      fc.property(crowns, (tree) => {
        expect(lightIndex(tree, [])).toBe(1);
      }),
    );
  });

  it('lies in 0–1; a neighbour more never raises it, one farther away never lowers it', () => {
    fc.assert(
      fc.property(
        crowns,
        neighbours,
        crowns,
        between(0, 20),
        between(0, 10),
        (tree, others, more, d, away) => {
          const before = lightIndex(tree, others);
          const after = lightIndex(tree, [...others, {crown: more, distanceM: d}]);
          const moved = lightIndex(tree, [...others, {crown: more, distanceM: d + away}]);
          expect(before).toBeLessThanOrEqual(1);
          expect(after).toBeGreaterThanOrEqual(0);
          expect(after).toBeLessThanOrEqual(before);
          expect(moved).toBeGreaterThanOrEqual(after - 1e-12);
        },
      ),
    );
  });

  it('a neighbour’s disc is one radius above the receiver, within its crown', () => {
    // receiver at 10 − 0.45·5 = 7.75; disc clamps to 20 − 10 = 10 (lowest); radius 1, opacity 1, overhead: 1/(1 + 2.25²)
    const tree = {heightM: 10, crownLengthM: 5, crownRadiusM: 1, leafAreaM2: 10};
    const tall = {heightM: 20, crownLengthM: 10, crownRadiusM: 1, leafAreaM2: 1e9};
    expect(receiverHeightM(tree)).toBe(7.75);
    expect(lightIndex(tree, [{crown: tall, distanceM: 0}])).toBeCloseTo(1 - 1 / (1 + 2.25 ** 2), 12);
    // within the crown: one radius above
    expect(neighbourTransmission(12, tall, 0, 1)).toBeCloseTo(0.5, 12);
    // at the receiver's height or below: no shade
    expect(neighbourTransmission(17.4, tall, 0, 1)).toBe(1);
  });

  it.each([
    {heightM: 2, reach: 12},
    {heightM: 25, reach: 17.5},
    {heightM: 60, reach: 20},
  ])('a tree of $heightM m shades to $reach m', ({heightM, reach}) => {
    expect(shadeReachM(heightM)).toBeCloseTo(reach, 12);
    const crown = {heightM: Math.max(heightM, 30), crownLengthM: 15, crownRadiusM: 8, leafAreaM2: 500};
    expect(neighbourTransmission(0, {...crown, heightM}, reach + 0.01, 1)).toBe(1);
  });

  it('a bare crown stops a quarter of what it stops in leaf', () => {
    const crown = {leafAreaM2: 60, crownRadiusM: 2};
    expect(crownOpacity(crown)).toBeCloseTo(1 - Math.exp((-0.6 * 60) / (Math.PI * 4)), 12);
    const whole = {...crown, heightM: 12, crownLengthM: 6};
    expect(bareCrownOpacity(whole)).toBeCloseTo(0.25 * crownOpacity(crown), 12);
    expect(crownOpacity({leafAreaM2: 0, crownRadiusM: 0})).toBe(0);
  });

  it.each([
    {index: 0.5, relativeHeight: 1, overtopped: 0.5},
    // ln 0.5/0.5·(1 − 0.25) = 1.5 ln 0.5
    {index: 0.5, relativeHeight: 0.5, overtopped: 0.5 ** 1.5},
    {index: 0, relativeHeight: 0.2, overtopped: 0},
    {index: 1, relativeHeight: 0.2, overtopped: 1},
  ])(
    '$index at relative height $relativeHeight becomes $overtopped',
    ({index, relativeHeight, overtopped}) => {
      expect(overtoppedIndex(index, relativeHeight)).toBeCloseTo(overtopped, 12);
    },
  );
});

describe('crown', () => {
  it('is that of Jucker et al. (2017): the inverse of D = 0.557·(H·CD)^0.809', () => {
    for (const [dbhCm, heightM] of [
      [10, 9],
      [40, 22],
    ] as const) {
      expect(0.557 * (heightM * crownDiameterM(dbhCm, heightM)) ** 0.809).toBeCloseTo(dbhCm, 9);
    }
  });
  it('loses a quarter of its radius in full shade', () => {
    const form = {crownForm: 1.15, crownShade: 0.25, fixedRadiusM: 0};
    const open = crownRadiusM({dbhCm: 20, heightM: 15, index: 1}, form);
    expect(open).toBeCloseTo((1.15 * crownDiameterM(20, 15)) / 2, 12);
    expect(crownRadiusM({dbhCm: 20, heightM: 15, index: 0}, form)).toBeCloseTo(0.75 * open, 12);
  });
});

describe('response to light', () => {
  it.each([
    {index: 0.05, lightClass: 1, use: 0},
    {index: 1, lightClass: 1, use: 1 - Math.exp(-5.5 * 0.95)},
    {index: 0, lightClass: 5, use: 0},
    {index: 0.05, lightClass: 5, use: 0.5},
    {index: 0.5, lightClass: 5, use: 0.1613 * 0.5 + 0.7871},
    {index: 1, lightClass: 5, use: 1},
    // halfway between both curves
    {index: 0.5, lightClass: 3, use: (1 - Math.exp(-5.5 * 0.45) + 0.1613 * 0.5 + 0.7871) / 2},
  ])('of class $lightClass at $index is $use', ({index, lightClass, use}) => {
    expect(lightResponse(index, lightClass)).toBeCloseTo(use, 12);
  });

  it('rises with light, and in deep shade with tolerance', () => {
    fc.assert(
      fc.property(between(0, 1), between(0, 1), between(1, 5), (a, b, lightClass) => {
        const low = lightResponse(Math.min(a, b), lightClass);
        const high = lightResponse(Math.max(a, b), lightClass);
        expect(high).toBeGreaterThanOrEqual(low - 1e-12);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(lightResponse(0.2, lightClass)).toBeGreaterThanOrEqual(lightResponse(0.2, 1) - 1e-12);
      }),
    );
  });
});

describe('light shared in a cell', () => {
  const AREA = 400;
  const cellTrees: fc.Arbitrary<CellTree[]> = fc.array(
    fc.record({
      leafAreaM2: between(0.01, 400),
      crownRadiusM: between(0.2, 8),
      index: between(0.001, 1),
      lightClass: between(1, 5),
    }),
    {minLength: 1, maxLength: 40},
  );

  it('the shares add up to what the cell absorbs, which is never more than falls on it or its leaves can take', () => {
    fc.assert(
      fc.property(cellTrees, (trees) => {
        const sums = cellSums(trees);
        const absorbed = absorbedAreaM2(sums, AREA);
        const total = shareCell(trees, AREA).reduce((sum, share) => sum + share.absorbingM2, 0);
        const used = trees.some((tree, i) => {
          const {index} = shareCell(trees, AREA)[i]!;
          return lightResponse(index, tree.lightClass) > 0;
        });
        if (used) expect(Math.abs(total - absorbed)).toBeLessThan(1e-9 * absorbed);
        expect(total).toBeLessThanOrEqual(AREA * (1 - Math.exp((-0.6 * sums.leafAreaM2) / AREA)) + 1e-9);
        for (const {index, absorbingM2} of shareCell(trees, AREA)) {
          expect(index).toBeGreaterThanOrEqual(0);
          expect(index).toBeLessThanOrEqual(1);
          expect(absorbingM2).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('a lone tree keeps its index nearly', () => {
    const [share] = shareCell([{leafAreaM2: 30, crownRadiusM: 1.5, index: 1, lightClass: 3}], AREA);
    expect(share!.index).toBeGreaterThan(0.97);
    // its crown's own area is what absorbs: a²π(1 − e^(−0.6·LA/a²π))
    const disc = Math.PI * 1.5 ** 2;
    expect(share!.absorbingM2).toBeCloseTo(disc * (1 - Math.exp((-0.6 * 30) / disc)), 9);
  });

  it('nobody gets anything without leaves', () => {
    expect(shareCell([{leafAreaM2: 0, crownRadiusM: 1, index: 1, lightClass: 3}], AREA)).toEqual([
      {absorbingM2: 0, index: 0},
    ]);
  });

  it('the order of the trees changes nothing but rounding', () => {
    fc.assert(
      fc.property(cellTrees, (trees) => {
        const forward = shareCell(trees, AREA);
        const back = shareCell([...trees].reverse(), AREA).reverse();
        for (const [i, share] of forward.entries()) {
          expect(back[i]!.absorbingM2).toBeCloseTo(share.absorbingM2, 9);
        }
      }),
    );
  });
});
